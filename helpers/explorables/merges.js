// A line of the reader's own, merge by merge: its tokens as boxes, what merges next, their number.
import { button, grouped, made, number, put, set, slider, teller } from "./common.js";
import { curveOf } from "./curve.js";

// What Python's \s and \w are, since words are cut there as they were for the training.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LETTER = "\\p{L}\\p{N}_";
const WORDS = new RegExp(` ?[${LETTER}]+| ?[^${LETTER}${SPACE}]+|[${SPACE}]+`, "gu");
const LETTERS = new RegExp(`[${LETTER}]`, "u");
const LONGEST = 120; // characters of a line
const FULL = `A line has at most ${LONGEST} characters: this one is full.`;

// A token is a string with one sign for each of its bytes.
const bytesOf = (word) => [...new TextEncoder().encode(word)].map((byte) => String.fromCharCode(byte));
const some = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;
const times = (n) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);
const wholeText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// What stands in a token's box: its text, or the numbers of bytes that make no whole letter.
function face(token) {
  const bytes = [...token].map((sign) => sign.charCodeAt(0));
  const seen = (text) => text.replaceAll(" ", "␣");
  try {
    return [seen(wholeText.decode(Uint8Array.from(bytes))), ""];
  } catch {
    return [bytes.map((byte) => (byte < 128 ? seen(String.fromCharCode(byte)) : byte)).join(" "), "bytes"];
  }
}

export function render({ data, el }) {
  const vocabulary = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const pairs = [];
  for (let i = 0; i < data.merges.length; i += 2) {
    pairs.push([vocabulary[data.merges[i]], vocabulary[data.merges[i + 1]]]);
    vocabulary.push(pairs.at(-1).join(""));
  }
  const all = grouped(pairs.length);
  const [told, tell] = teller();
  let chosen = 0; // merges
  let cut; // the line: its words, and what each merge does to them

  // Where a pair stands in a word, from the left: where its first token is.
  function found(word, [left, right]) {
    const places = [];
    for (let i = 0; i + 1 < word.length; i++) if (word[i] === left && word[i + 1] === right) places.push(i++);
    return places;
  }

  function joined(word, pair) {
    const places = found(word, pair);
    return word
      .map((token, i) => (places.includes(i) ? pair.join("") : token))
      .filter((_, i) => !places.includes(i - 1));
  }

  function begin(text) {
    const pieces = text.match(WORDS) ?? [];
    let words = pieces.map(bytesOf);
    const length = () => words.reduce((sum, word) => sum + word.length, 0);
    const kinds = pieces.map((piece) => (LETTERS.test(piece) ? "word" : piece.trim() ? "mark" : "space"));
    cut = { kinds, lengths: [length()], stages: [words], changes: [0] };
    pairs.forEach((pair, i) => {
      if (words.some((word) => found(word, pair).length)) {
        words = words.map((word) => joined(word, pair));
        cut.stages.push(words);
        cut.changes.push(i + 1);
      }
      cut.lengths.push(length());
    });
  }

  // The boxes
  const [count, after, bytes] = [number("tokens"), number("merges"), number("bytes")];
  const [unit, ofThem, ofBytes] = [made("span"), made("span"), made("span")];
  const caption = made("p", { className: "caption" });
  caption.append("After ", after, unit, count, ofThem, " for ", bytes, ofBytes);
  const goal = made("p", { className: "goal" });
  const note = "A dashed box has the number of a byte that is only a part of a character.";
  const partly = made("p", { className: "soft partly", hidden: true }, note);
  const boxes = set(made("div", { className: "tokens" }), { role: "img" });

  function showBoxes(words, next, last) {
    const box = (token) => {
      const [text, kind] = face(token);
      const grown = token === last ? "grown" : "";
      const long = token.length > 1 ? "long" : "";
      return made("span", { className: `token ${kind} ${long} ${grown}` }, text);
    };
    const groups = words.map((word) => {
      const places = next ? found(word, next) : [];
      const parts = word.map((token, i) => {
        if (places.includes(i - 1)) return "";
        if (!places.includes(i)) return box(token);
        return made("span", { className: "next" }, box(token), "+", box(word[i + 1]));
      });
      return made("span", { className: "word" }, ...parts);
    });
    boxes.replaceChildren(...groups);
    partly.hidden = !boxes.querySelector(".bytes");
    const spoken = words.flat().map((token) => face(token)[0]);
    boxes.setAttribute("aria-label", `The tokens: ${spoken.join(" | ") || "none"}`);
  }

  const curve = curveOf(pairs.length, (k) => go(k));

  // What becomes of the line in the end: how many words and marks are a token each.
  function showGoal(words) {
    const of = (kind) => words.filter((_, i) => cut.kinds[i] === kind);
    const done = (kind) => of(kind).filter((word) => word.length === 1).length;
    const [n, marks] = ["word", "mark"].map((kind) => of(kind).length);
    const spaces = of("space").reduce((sum, word) => sum + word.length, 0);
    const each = n && done("word") === n && done("mark") === marks;
    const short = n < data.least ? `, but it has fewer than ${data.least} words` : "";
    const held = [some(n, "word"), ...(marks ? [some(marks, "punctuation mark")] : [])].join(" and ");
    const also = marks ? ` and ${done("mark")} of ${some(marks, "punctuation mark")}` : "";
    const alone = spaces ? ` (Spaces by themselves count too: ${some(spaces, "token")}.)` : "";
    goal.classList.toggle("reached", !!each && !short);
    goal.textContent = each
      ? `After all ${all}${short ? ":" : " ✓"} one token for each of ${held}${short}.${alone}`
      : `After all ${all}: ${done("word")} of ${some(n, "word")}${also} are a single token.${alone}`;
  }

  function show() {
    const place = cut.changes.findLastIndex((k) => k <= chosen);
    const next = cut.changes[place + 1];
    const changed = chosen && cut.changes[place] === chosen;
    const length = cut.lengths[chosen];
    const named = (k) => pairs[k - 1].map((token) => face(token)[0]).join("\u00a0+\u00a0");
    put(after, chosen, grouped);
    unit.textContent = chosen === 1 ? " merge: " : " merges: ";
    ofThem.textContent = length === 1 ? " token" : " tokens";
    ofBytes.textContent = cut.lengths[0] === 1 ? " byte" : " bytes";
    showGoal(cut.stages.at(-1));
    put(count, length, 0);
    put(bytes, cut.lengths[0], 0);
    showBoxes(cut.stages[place], next && pairs[next - 1], changed ? pairs[chosen - 1].join("") : null);
    curve.show(cut, chosen);
    const slides = merging.querySelector("input");
    set(slides, { max: stops().length - 1, "aria-valuetext": `${grouped(chosen)} of ${all}` });
    slides.value = chosen === pairs.length ? slides.max : place;
    merging.querySelector("output").textContent = slides.getAttribute("aria-valuetext");
    set(back, { "aria-disabled": place === 0 && !chosen });
    set(on, { "aria-disabled": next === undefined });
    set(allOfThem, { "aria-disabled": chosen === pairs.length });

    const saved = cut.lengths[chosen - 1] - length;
    const left = some(length, "token");
    const now = changed
      ? `Merge ${grouped(chosen)} is ${named(chosen)}, ${times(saved)} in your line: ${left}.`
      : chosen
        ? `Merge ${grouped(chosen)} finds nothing in your line: still ${left}.`
        : `Without merges, each byte is a token: ${length}.`;
    const then = next
      ? `The next one that changes your line is merge ${grouped(next)}: ${named(next)}.`
      : `No ${chosen ? "later " : ""}merge changes it.`;
    tell(length ? `${now} ${then}` : "Your line is empty. Write something.");
  }

  // Where the slider stops: at what changes the line, and at the end.
  const stops = () => [...new Set([...cut.changes, pairs.length])];
  function go(k) {
    chosen = Math.min(Math.max(k, 0), pairs.length);
    show();
  }
  const merging = slider("merges", { min: 0, max: 1, value: 0 }, (i) => go(stops()[i]));
  const back = button("← previous change of your line", () =>
    go(cut.changes.findLast((k) => k < chosen) ?? 0),
  );
  const on = button("next change of your line →", () =>
    go(cut.changes.find((k) => k > chosen) ?? chosen),
  );
  const allOfThem = button(`all ${all} merges`, () => go(pairs.length));
  const input = made("textarea", { rows: 2, value: data.line, maxLength: LONGEST, spellcheck: false });
  set(input, { autocomplete: "off", autocapitalize: "off" });
  const full = made("p", { className: "soft partly", hidden: true }, FULL);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it is one line
  });
  input.addEventListener("input", () => {
    if (/[\r\n]/.test(input.value)) input.value = input.value.replace(/[\r\n]+/g, " ");
    full.hidden = input.value.length < LONGEST;
    begin(input.value);
    show();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made("label", { className: "line" }, made("span", {}, "your line"), input),
    full,
    goal,
    made("div", { className: "controls" }, merging, back, on, allOfThem),
    made("div", { className: "row" }, made("div", {}, caption, boxes, partly, told), curve.element),
  );
  begin(data.line);
  show();
}

const STYLE = `
.line { display: flex; align-items: center; gap: 8px; margin: 0 0 10px; }
.line span { color: var(--soft); white-space: nowrap; }
.line textarea { flex: 1; min-width: 0; padding: 5px 9px; border: 1px solid var(--soft); border-radius: 5px; }
.line textarea { background: transparent; color: inherit; font: inherit; font-size: 16px; resize: none; }
.slider { flex: 1 1 100%; }
.slider input { flex: 1; min-width: 80px; }
.slider output { min-width: 7.5em; text-align: right; }
.goal { min-height: 2.9em; }
[aria-disabled="true"] { opacity: 0.45; cursor: default; }
.row > * { flex: 1 1 300px; min-width: 0; }
.caption, .goal { margin: 0 0 6px; font-weight: 600; }
.goal { font-weight: 400; }
.reached { color: var(--value); font-weight: 600; }
.tokens { display: flex; flex-wrap: wrap; gap: 6px 10px; min-height: 34px; }
.word { display: inline-flex; flex-wrap: wrap; gap: 2px; max-width: 100%; }
.token { min-width: 20px; padding: 2px 4px; border: 1px solid var(--line); border-radius: 4px; }
.token { font: 15px/1.5 var(--jp-code-font-family, var(--font-stack--monospace, ui-monospace, monospace)); }
.token { text-align: center; white-space: pre-wrap; overflow-wrap: anywhere; }
.long { background: color-mix(in srgb, var(--key) 16%, transparent); border-color: var(--key); }
.grown { background: color-mix(in srgb, var(--key) 40%, transparent); }
.bytes { border-style: dashed; font-size: 11px; line-height: 2; font-style: italic; }
.partly { margin: 4px 0 0; font-size: 13px; }
.next { display: inline-flex; align-items: center; gap: 1px; color: var(--query); font-weight: 700; }
.next .token { border: 2px solid var(--query); padding: 1px 3px; }
.curve { fill: none; stroke: var(--key); stroke-width: 2; }
.floor { stroke: var(--soft); stroke-dasharray: 4 4; }
.here { fill: var(--query); stroke: var(--ground); stroke-width: 2; }
`;
