// A text that grows: the reader's words, the tokens behind them, and what could come next.

import { DecoderLM } from "./model.js";
import { probabilities, sample } from "./sampling.js";
import { Tokenizer } from "./tokens.js";
import { readWeights } from "./weights.js";

// Where the model's files may lie: in the book, in the course's JupyterLab, in one that was started
// in the course's folder. Elsewhere nowhere.
export function places() {
  const book = document.documentElement.dataset.content_root;
  if (book !== undefined) return [`${book}helpers/models/austen/`];
  const lab = document.getElementById("jupyter-config-data");
  const base = lab && JSON.parse(lab.textContent).baseUrl;
  return base ? [`${base}static/austen/`, `${base}files/helpers/models/austen/`] : [];
}

// Fetches the model and its tokenizer, once for all pictures of a page.
let fetched = null;
export function load() {
  fetched ??= fetchFrom(places()).catch((error) => {
    fetched = null; // so that the reader can try again
    throw error;
  });
  return fetched;
}

async function fetchFrom([place, ...others]) {
  const names = ["config.json", "tokenizer.json", "model.safetensors"];
  const answers = await Promise.all(names.map((name) => fetch(place + name)));
  if (!answers.every((answer) => answer.ok)) {
    if (others.length) return fetchFrom(others);
    throw new Error("its files are not where they should be");
  }
  const [config, tokenizer, weights] = answers;
  const model = new DecoderLM(await config.json(), readWeights(await weights.arrayBuffer()));
  return { model, tokenizer: new Tokenizer(await tokenizer.json()) };
}

export class Writer {
  constructor({ model, tokenizer }) {
    Object.assign(this, { model, tokenizer });
    this.begin("");
  }

  // Reads the reader's words and forgets what was written.
  begin(words) {
    this.words = words;
    this.caches = this.model.newCaches();
    this.ids = this.tokenizer.encode(words);
    this.added = []; // the text of each token behind the words
    this.logits = this.ids.length ? this.model.forward(this.ids, this.caches).at(-1) : null;
  }

  // A token may be a part of a character: what can be read then comes with the one that ends it.
  add(id) {
    const before = this.text;
    this.ids.push(id);
    const text = this.tokenizer.decode(this.ids);
    this.added.push(text.endsWith("\ufffd") ? "" : text.slice(before.length));
    [this.logits] = this.model.forward([id], this.caches);
  }

  get text() {
    return this.words + this.added.join("");
  }

  // Draws a token and adds it; gives the share of chance that it had.
  draw(temperature, random) {
    const shares = probabilities(this.logits, temperature);
    const id = sample(shares, random);
    this.add(id);
    return shares[id];
  }

  // The likeliest next tokens at a temperature: what each is called, its id and its share.
  likeliest(temperature, count) {
    if (!this.logits) return [];
    const shares = probabilities(this.logits, temperature);
    const ids = Array.from(shares.keys()).sort((a, b) => this.logits[b] - this.logits[a]);
    const described = (id) => ({ id, share: shares[id], token: this.tokenizer.decode([id]) });
    return ids.slice(0, count).map(described);
  }
}
