// The course's own model writes on, in the page itself. Its files are not in the notebook: the book
// and JupyterLab have them on the same server, and they are fetched when the reader asks for a token.

import { bar, button, made, set, slider, teller } from "./common.js";
import { load, places, Writer } from "./austen/writer.js";
import { RUN, circles } from "./austen/circles.js";
import { generator } from "./austen/sampling.js";

const LONGEST = 256; // tokens: the model has seen no longer text
const FULL = `That's ${LONGEST} tokens. The model has never seen a longer text, so it stops here.`;
const AT_ONCE = 60; // tokens that "Write on" adds
const PACE = 50; // milliseconds from token to token, so that one can read along

const LOOKS = `
  form { display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
  .words { display: grid; gap: 2px; }
  .words > span { color: var(--soft); }
  .words input { width: 100%; padding: 6px 9px; border: 1px solid var(--line); border-radius: 5px;
    background: var(--ground); color: inherit; font: inherit; font-size: 16px; }
  .controls { margin: 0; }
  :disabled, [aria-disabled="true"] { opacity: 0.5; cursor: default; border-color: var(--line); }
  .told { margin: 0; min-height: 2.9em; }
  .both { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 8px 20px; }
  .both > div { display: grid; gap: 6px; align-content: start; }
  .written { height: 240px; margin: 0; overflow-y: auto; font-size: 16px;
    white-space: pre-wrap; overflow-wrap: anywhere; }
  .again { text-decoration: underline 2px; text-underline-offset: 4px; }
  .about { margin: 0; color: var(--soft); font-size: 13px; }
  .token { background: color-mix(in srgb, var(--query) 16%, transparent); }
  .token:nth-child(even) { background: color-mix(in srgb, var(--key) 16%, transparent); }
  .next:not([hidden]) { display: grid; gap: 1px; }
  .next > * { display: grid; grid-template-columns: 7.5em 1fr 4.2em; gap: 8px; align-items: center;
    width: 100%; padding: 2px 6px; border-color: transparent; background: none; text-align: left; }
  .next button { min-height: 26px; }
  .next button:hover { border-color: var(--focus); }
  .piece { font-family: var(--jp-code-font-family, ui-monospace, monospace); white-space: pre;
    overflow: hidden; text-overflow: ellipsis; }
  .others { color: var(--soft); }
  .others .fill { background: var(--soft); }
  .share { text-align: right; font-variant-numeric: tabular-nums; }
  @container (max-width: 560px) {
    .both { grid-template-columns: minmax(0, 1fr); }
    .written { height: 11.6em; }
    .told { min-height: 4.4em; }
  }
  @media (pointer: coarse) { .written { height: auto; min-height: 11.6em; } } /* a swipe is the page's */
`;
const nowhere = ({ prompt, temperature }) =>
  `Here the picture stands still, after “${prompt}” and at a temperature of ${temperature}. The ` +
  "model comes from the server of the book or of JupyterLab, and VS Code and Colab have none.";

const visible = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "↵");
const percent = (share) =>
  share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(share && share < 0.0995 ? 1 : 0)} %`;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const pause = (milliseconds) => new Promise((then) => setTimeout(then, milliseconds));

export function render({ data, el }) {
  const moves = places().length > 0;
  let temperature = data.temperature;
  const random = generator(data.seed);
  let writer = null; // once the reader has asked for something
  let running = null; // what "Write on" has begun and not ended
  let later; // when the reader has stopped typing

  const words = made("input", { type: "text", value: data.prompt, spellcheck: false, autocomplete: "off" });
  const heat = { min: 0, max: 2, step: 0.1, value: temperature, say: (value) => value.toFixed(1) };
  const next = made("button", { type: "submit" }, "Next token");
  const on = button("Write on", () => (running ? stop() : writeOn()));
  const again = button("Start again", startAgain);
  const written = set(made("p", { className: "written" }), {
    tabindex: 0, // for who scrolls by keys
    role: "group",
    "aria-label": "The text",
  });
  const about = (words) => made("p", { className: "about" }, words);
  const behind = about(
    "Behind your words each patch is a token. (The two colours only keep them apart, " +
      `and � is a part of a character.) Underlined are ${RUN} words in a row that stood there before.`,
  );
  const above = about("The likeliest next tokens, with their chances at this temperature:");
  const bars = data.next.map((_, rank) => row(moves ? button("", () => choose(rank)) : made("div")));
  const others = row(made("div", { className: "others" }));
  const following = made("div", { className: "next" }, ...bars.map((one) => one.line), others.line);
  const press = moves ? " Press one to choose it." : "";
  set(following, { role: "group", "aria-label": `The likeliest next tokens.${press}` });
  const [told, say] = teller();
  const form = made("form", {},
    made("label", { className: "words" }, made("span", {}, "Your words"), words),
    made("div", { className: "controls" },
      slider("Temperature", heat, (value) => ((temperature = value), draw(), ready())),
      next, on, again),
    about("On each visit the first draws are the same, and the same ones for everybody."),
    told,
    made("div", { className: "both" },
      made("div", {}, written, behind), made("div", {}, above, following)));
  el.append(made("style", { textContent: LOOKS }));
  el.append(...(moves ? [form] : [made("p", {}, nowhere(data)), above, following]));

  // A line of the bars: the token, its share as a length and as a number.
  function row(line) {
    const [piece, share] = ["piece", "share"].map((className) => made("span", { className }));
    const length = bar();
    line.append(piece, length.element, share);
    const to = (token, value) => {
      piece.textContent = token;
      share.textContent = percent(value);
      length.to(value);
      line.dataset.value = value;
    };
    return { line, to };
  }

  function draw() {
    on.textContent = running ? "Stop" : "Write on";
    again.disabled = !writer?.added.length;
    const read = writer?.words === words.value;
    const stuck = read && !running && full();
    for (const it of [next, on, ...bars.map(({ line }) => line)]) set(it, { "aria-disabled": stuck });
    const added = read ? writer.added : [];
    const going = circles(words.value + added.join("")).filter(({ again }) => again);
    let from = words.value.length;
    const tokens = added.map((piece) => {
      const to = from + piece.length;
      const marked = going.some((it) => it.from < to && from < it.to) ? " again" : "";
      from = to;
      return made("span", { className: `token${marked}` }, piece);
    });
    written.replaceChildren(words.value, ...tokens);
    written.scrollTop = written.scrollHeight;
    const likeliest = writer ? writer.likeliest(temperature, bars.length) : data.next;
    above.hidden = following.hidden = !likeliest.length;
    likeliest.forEach(({ token, share }, rank) => {
      bars[rank].to(visible(token), share);
      set(bars[rank].line, { "data-name": token });
      if (moves) bars[rank].line.setAttribute("aria-label", `“${token}”, ${percent(share)}`);
    });
    const rest = likeliest.reduce((left, { share }) => left - share, 1);
    others.to(`${(data.vocab_size - bars.length).toLocaleString("en")} others`, Math.max(rest, 0));
  }

  // How many of the words that the model has added go round again.
  function round() {
    const its = circles(writer.text).filter(({ to }) => to > writer.words.length);
    const n = its.filter(({ again }) => again).length;
    return n ? `${n} of its ${its.length} words go round again.` : "No word goes round again yet.";
  }

  const full = () => writer.ids.length >= LONGEST;
  const tell = (words) => say(full() ? `${words} ${FULL}` : words);

  // Whether the model is there, has read the words, and can go on.
  async function ready() {
    try {
      if (!writer) say("Loading the model (1.8 MB) …");
      const loaded = await load();
      if (!writer) say("");
      writer ??= new Writer(loaded);
    } catch (error) {
      say(`The model can't be loaded: ${error.message}.`);
      return false;
    }
    if (writer.words !== words.value) writer.begin(words.value);
    draw();
    if (!writer.ids.length) say("Type a word or two first.");
    else if (!full()) return true;
    else say(FULL);
    return false;
  }

  async function oneMore() {
    stop();
    if (!(await ready())) return;
    const share = writer.draw(temperature, random);
    draw();
    tell(`It drew “${visible(writer.added.at(-1))}”, which had a chance of ${percent(share)}.`);
  }

  async function choose(rank) {
    stop();
    if (!(await ready())) return;
    const { id, token } = writer.likeliest(temperature, bars.length)[rank];
    writer.add(id);
    draw();
    tell(`You chose “${visible(token)}”.`);
  }

  async function writeOn() {
    const mine = (running = {});
    draw();
    if (await ready()) {
      say("Writing …");
      const end = Math.min(writer.ids.length + AT_ONCE, LONGEST);
      const from = writer.added.length;
      let many = 0;
      for (; running === mine && writer.ids.length < end; many++) {
        writer.draw(temperature, random);
        if (!calm()) draw();
        await pause(calm() ? 0 : PACE);
      }
      const still = writer.words === words.value && writer.added.length === from + many;
      if (still) tell(`It wrote ${many} ${many === 1 ? "token" : "tokens"}. ${round()}`); // nothing else came
    }
    if (running === mine) running = null;
    draw();
  }

  function stop() {
    running = null;
  }

  function startAgain() {
    stop();
    writer.begin(words.value);
    draw();
    say("");
    words.focus(); // the button can't be pressed any more
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    oneMore();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stop();
  });
  words.addEventListener("input", () => {
    stop();
    say(""); // it was about other words
    draw();
    clearTimeout(later);
    later = setTimeout(ready, 250);
  });
  draw();
}
