// A line of the reader's own, merge by merge: its tokens as boxes, what merges next, their number.
import { button, drawn, grouped, made, number, put, set, slider, teller } from "./common.js";

// What Python's \s and \w are, since words are cut there as they were for the training.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LETTER = "\\p{L}\\p{N}_";
const WORDS = new RegExp(` ?[${LETTER}]+| ?[^${LETTER}${SPACE}]+|[${SPACE}]+`, "gu");
const LONGEST = 120; // letters of a line
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [340, 170, 34, 34]; // of the curve

// A token is a string with one sign for each of its bytes.
const bytesOf = (word) => [...new TextEncoder().encode(word)].map((byte) => String.fromCharCode(byte));
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
    let words = (text.match(WORDS) ?? []).map(bytesOf);
    const length = () => words.reduce((sum, word) => sum + word.length, 0);
    cut = { lengths: [length()], stages: [words], changes: [0] };
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
  const unit = made("span");
  const caption = made("p", { className: "caption" }, "After ", after, unit, count, " tokens from ");
  caption.append(bytes, " bytes");
  const note = "A dashed box has the number of a byte that is only a part of a letter.";
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

  // The curve
  const x = (merges) => LEFT + (merges / Math.max(pairs.length, 1)) * (WIDTH - LEFT - 12);
  const y = (tokens) => HEIGHT - BOTTOM - (tokens / Math.max(cut.lengths[0], 1)) * (HEIGHT - BOTTOM - 12);
  const [curve, floor] = [drawn("polyline", { class: "curve" }), drawn("line", { class: "floor" })];
  const [floorName, top] = [drawn("text", { class: "label" }), drawn("text", { "text-anchor": "end" })];
  const here = drawn("circle", { class: "here", r: 6 });
  const axes = drawn("g", { class: "grid" });
  const middle = (LEFT + WIDTH - 12) / 2;
  const low = HEIGHT - BOTTOM;
  axes.append(
    drawn("line", { class: "axis", x1: LEFT, x2: WIDTH - 12, y1: low, y2: low }),
    drawn("line", { class: "axis", x1: LEFT, x2: LEFT, y1: low, y2: 8 }),
    drawn("text", { x: LEFT, y: low + 15, "text-anchor": "middle" }, "0"),
    drawn("text", { x: WIDTH, y: low + 15, "text-anchor": "end" }, all),
    drawn("text", { class: "name", x: middle, y: HEIGHT - 4, "text-anchor": "middle" }, "merges"),
    drawn("text", { x: LEFT - 6, y: low + 4, "text-anchor": "end" }, "0"),
    set(top, { x: LEFT - 6, y: 16 }),
    drawn(
      "text",
      { class: "name", "text-anchor": "middle", transform: `translate(12 ${low / 2 + 4}) rotate(-90)` },
      "tokens",
    ),
  );
  const svg = drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
    axes,
    floor,
    curve,
    floorName,
    here,
  );
  svg.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    go(Math.round(((at.x - LEFT) / (WIDTH - LEFT - 12)) * pairs.length));
  });

  function showCurve() {
    const words = cut.stages[0].length;
    const points = cut.changes.map((k) => [x(k), y(cut.lengths[k])]);
    const steps = points.flatMap(([px, py], i) =>
      i
        ? [
            [px, points[i - 1][1]],
            [px, py],
          ]
        : [[px, py]],
    );
    steps.push([x(pairs.length), points.at(-1)[1]]);
    curve.setAttribute("points", steps.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(" "));
    set(floor, { x1: LEFT, x2: WIDTH - 12, y1: y(words), y2: y(words) });
    set(floorName, { x: LEFT + 8, y: y(words) + (low - y(words) > 18 ? 14 : -5) });
    floorName.textContent = words ? `one token for each word or sign: ${words}` : "";
    top.textContent = cut.lengths[0];
    const ends = `${cut.lengths[0]} without any, ${cut.lengths.at(-1)} after all ${all}`;
    svg.setAttribute("aria-label", `Tokens of your line against merges: ${ends}`);
  }

  function show() {
    const place = cut.changes.findLastIndex((k) => k <= chosen);
    const next = cut.changes[place + 1];
    const changed = chosen && cut.changes[place] === chosen;
    const length = cut.lengths[chosen];
    const named = (k) => pairs[k - 1].map((token) => face(token)[0]).join("\u00a0+\u00a0");
    put(after, chosen, grouped);
    unit.textContent = chosen === 1 ? " merge: " : " merges: ";
    put(count, length, 0);
    put(bytes, cut.lengths[0], 0);
    showBoxes(cut.stages[place], next && pairs[next - 1], changed ? pairs[chosen - 1].join("") : null);
    set(here, { cx: x(chosen), cy: y(length) });
    set(back, { "aria-disabled": place === 0 && !chosen });
    set(on, { "aria-disabled": next === undefined });

    const saved = cut.lengths[chosen - 1] - length;
    const now = changed
      ? `Merge ${grouped(chosen)} is ${named(chosen)}, ${times(saved)} in your line: ${length} tokens.`
      : chosen
        ? `Merge ${grouped(chosen)} finds nothing in your line: still ${length} tokens.`
        : `Without merges, each byte is a token: ${length}.`;
    const then = next
      ? `The next one that changes your line is merge ${grouped(next)}: ${named(next)}.`
      : `No ${chosen ? "later " : ""}merge changes it.`;
    tell(length ? `${now} ${then}` : "Your line is empty. Write something.");
  }

  const merging = slider(
    "merges",
    { min: 0, max: pairs.length, value: chosen, say: (k) => `${grouped(k)} of ${all}` },
    (k) => {
      chosen = k;
      show();
    },
  );
  function go(k) {
    const input = merging.querySelector("input");
    input.value = k; // within its bounds
    input.dispatchEvent(new Event("input"));
  }
  const back = button("← previous merge that changes your line", () =>
    go(cut.changes.findLast((k) => k < chosen) ?? 0),
  );
  const on = button("next merge that changes your line →", () =>
    go(cut.changes.find((k) => k > chosen) ?? chosen),
  );
  const input = made("input", { type: "text", value: data.line, maxLength: LONGEST, spellcheck: false });
  set(input, { autocomplete: "off", autocapitalize: "off" });
  input.addEventListener("input", () => {
    begin(input.value);
    showCurve();
    show();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made("label", { className: "line" }, made("span", {}, "your line"), input),
    made("div", { className: "controls" }, merging, back, on),
    caption,
    boxes,
    partly,
    told,
    made("figure", {}, made("figcaption", {}, "Your line gets shorter, merge by merge"), svg),
  );
  begin(data.line);
  showCurve();
  show();
}

const STYLE = `
.line { display: flex; align-items: center; gap: 8px; margin: 0 0 10px; }
.line span { color: var(--soft); white-space: nowrap; }
.line input { flex: 1; min-width: 0; padding: 5px 9px; border: 1px solid var(--soft); border-radius: 5px; }
.line input { background: transparent; color: inherit; font: inherit; font-size: 16px; }
.slider { flex: 1 1 100%; }
.slider input { flex: 1; min-width: 80px; }
.slider output { min-width: 7.5em; text-align: right; }
[aria-disabled="true"] { opacity: 0.45; cursor: default; }
.caption { margin: 0 0 4px; font-weight: 600; }
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
figure { max-width: 460px; margin-top: 8px; }
.curve { fill: none; stroke: var(--key); stroke-width: 2; }
.floor { stroke: var(--soft); stroke-dasharray: 4 4; }
.here { fill: var(--query); stroke: var(--ground); stroke-width: 2; }
`;
