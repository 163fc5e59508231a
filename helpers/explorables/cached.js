// What is computed when a text grows by a token, with a cache and without: in one head the keys and
// values of all tokens, and below them the scores, a row for each query.
import {
  button,
  drawn,
  grouped,
  made,
  number,
  put,
  radios,
  set,
  slider,
  table,
  teller,
} from "./common.js";

const CELL = 24;
const LEFT = 66; // where the cells begin
const TOP = 62;
const BELOW = TOP + CELL + 20; // where the scores begin
const WAYS = { without: "without a cache", with: "with a cache" };
const LOOKS = {
  first: "computed for the first time",
  again: "computed again",
  stored: "read from the cache",
  done: "not needed again",
  unborn: "not there yet",
};
const visible = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "↵");
const triangle = (n) => (n * (n + 1)) / 2;

export function render({ data, el }) {
  const { tokens, n_prompt, n_layers, n_heads, n_kv_heads } = data;
  const n_steps = tokens.length - n_prompt;
  const n_most = tokens.length - 1; // the last one is never read
  const [told, tell] = teller();
  let [way, step] = ["with", 1];

  const size = { width: LEFT + Math.max(n_most, 11) * CELL + 24, height: BELOW + n_most * CELL + 2 };
  const vectors = Array.from({ length: n_most }, (_, i) => cell(i, TOP));
  const scores = Array.from({ length: n_most }, (_, query) =>
    Array.from({ length: query + 1 }, (_, key) => cell(key, BELOW + query * CELL)),
  );
  const columns = tokens.slice(0, -1).map((token, i) => {
    const place = `translate(${LEFT + (i + 0.62) * CELL} ${TOP - 7}) rotate(-52)`;
    return drawn("text", { transform: place }, visible(token));
  });
  const lines = tokens.slice(0, -1).map((token, i) => {
    const place = { x: LEFT - 7, y: BELOW + (i + 0.68) * CELL, "text-anchor": "end" };
    return drawn("text", place, visible(token));
  });
  const named = (y, words) => drawn("text", { class: "what", x: 0, y }, words);
  const svg = drawn(
    "svg",
    { viewBox: `0 0 ${size.width} ${size.height}`, role: "img" },
    named(TOP + 11, "keys and"),
    named(TOP + 23, "values"),
    named(BELOW - 6, "scores: a row for each query, a column for each key"),
    ...columns,
    ...lines,
    ...vectors,
    ...scores.flat(),
  );
  const legend = made(
    "p",
    { className: "legend" },
    ...Object.entries(LOOKS).map(([look, words]) => {
      const box = { viewBox: `${LEFT - 1} -1 ${CELL} ${CELL}`, "aria-hidden": "true" };
      return made("span", {}, drawn("svg", box, set(cell(0, 0), { class: look })), words);
    }),
  );

  const heads = (n) => ` in all ${n_layers} layers, ${n} heads each`;
  const counts = {
    keys: "positions, each with a key and a value",
    scores: "scores",
    "all-keys": `keys and values${heads(n_kv_heads)}`,
    "all-scores": `scores${heads(n_heads)}`,
  };
  const spans = ["now", "sum"].flatMap((span) => Object.keys(WAYS).map((its) => `${span}-${its}`));
  const numbers = Object.keys(counts).map((what) => spans.map((span) => number(`${what}-${span}`)));
  const over = (words) => set(made("th", { className: "both" }, words), { colspan: 2, scope: "colgroup" });
  const columns_ = ["no cache", "cache", "no cache", "cache"].map((words, i) => [
    words,
    `right ${i % 2 ? "with" : "without"}`,
  ]);
  const [sums, whole] = [0, 2].map((first) => {
    const rows = Object.values(counts).map((words, i) => [words, ...numbers[i]]);
    const caption = first ? "" : "How many are computed";
    const its = table({ caption, columns: [[""], ...columns_], rows: rows.slice(first, first + 2) });
    its.element.querySelector("thead").prepend(
      made("tr", {}, made("td"), over("this step"), over("so far")),
    );
    return its.element;
  });
  const rest = made("details", {}, made("summary", {}, "The same in all layers and heads"), whole);
  const kept = `${n_kv_heads} of keys and values (lesson 11)`;
  const shared = `In each layer ${n_heads} heads of queries share ${kept}.`;
  if (n_kv_heads < n_heads) rest.append(made("p", { className: "soft shared" }, shared));
  const table_ = made("div", {}, sums, rest);
  const text = made("p", { className: "text" });
  const picture = made("figcaption");

  function cell(column, y) {
    const [x, end] = [LEFT + column * CELL, CELL - 2];
    const stripes = [8, 15, 22, 29, 36].map((at) => {
      const [from, to] = [Math.max(0, at - end), Math.min(at, end)];
      return `M ${x + from} ${y + at - from} L ${x + to} ${y + at - to}`;
    });
    return drawn(
      "g",
      {},
      drawn("rect", { x, y, width: end, height: end, rx: 3 }),
      drawn("path", { d: stripes.join(" ") }),
      drawn("circle", { cx: x + end / 2, cy: y + end / 2, r: 5 }),
    );
  }

  // What a step computes: of how many tokens, and how many scores.
  function work(step, cached) {
    const n = n_prompt + step - 1;
    const known = cached && step > 1 ? n - 1 : 0;
    return [n - known, triangle(n) - triangle(known)];
  }

  function show() {
    const n = n_prompt + step - 1;
    const known = step > 1 ? n - 1 : 0; // what earlier steps have computed
    const cached = way === "with";
    const look = (i, kept) => (i >= n ? "unborn" : i >= known ? "first" : cached ? kept : "again");
    vectors.forEach((it, i) => it.setAttribute("class", `vector ${look(i, "stored")}`));
    scores.forEach((row, i) => row.forEach((it) => it.setAttribute("class", `score ${look(i, "done")}`)));
    [...columns, ...lines].forEach((it, i) => it.classList.toggle("unborn", i % n_most >= n));
    picture.textContent = `Step ${step}, in one head of one layer`;

    spans.forEach((span, column) => {
      const steps = span.startsWith("now") ? [step] : Array.from({ length: step }, (_, i) => i + 1);
      const done = steps.map((it) => work(it, span.endsWith("-with")));
      const [keys, made] = [0, 1].map((i) => done.reduce((sum, it) => sum + it[i], 0));
      const all = [keys, made, 2 * keys * n_layers * n_kv_heads, made * n_layers * n_heads];
      all.forEach((value, row) => put(numbers[row][column], value, grouped));
    });
    table_.dataset.way = way;

    const chip = (token, className) => made("span", { className }, visible(token));
    const read = tokens.slice(0, n).map((token, i) => chip(token, i < known ? "token" : "token new"));
    const later = tokens.slice(n + 1).map((token) => chip(token, "token later")); // keeps their room
    text.replaceChildren(...read, " → ", chip(tokens[n], "token out"), ...later);
    const first = tokens.slice(known, n).map((token) => `“${visible(token)}”`);
    const goes =
      cached && known
        ? `Only ${first[0]} goes through the model. Its query meets ${n} keys, ${known} of them in the cache`
        : known
          ? `All ${n} tokens go through the model, though only ${first[0]} is new`
          : `All ${n} tokens of the prompt go through the model, since nothing is known yet`;
    tell(`Step ${step} ${WAYS[way]}. ${goes}. Out comes “${visible(tokens[n])}”.`);
    const said = Object.entries(LOOKS)
      .map(([it, words]) => [svg.querySelectorAll(`.score.${it}`).length, words])
      .filter(([many]) => many)
      .map((both) => both.join(" "));
    set(svg, { "aria-label": `Scores of ${n} queries: ${said.join(", ")}` });
    next.disabled = step === n_steps;
    again.disabled = step === 1;
  }

  const at = { min: 1, max: n_steps, value: step, say: (value) => `${value} of ${n_steps}` };
  const steps = slider("step", at, (value) => {
    step = value;
    show();
  });
  const go = (to) => {
    const input = steps.querySelector("input");
    input.value = to;
    input.dispatchEvent(new Event("input"));
  };
  const next = button("Next token", () => go(step + 1));
  const again = button("Start again", () => go(1));
  const marks = { "␣": "a space", "↵": "a line break" };
  const signs = Object.entries(marks)
    .filter(([sign]) => visible(tokens.join("")).includes(sign))
    .map((both) => both.join(" is "));
  const choice = radios("cache", { without: "off", with: "on" }, way, (its) => {
    way = its;
    show();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made("div", { className: "controls" }, choice, steps, next, again),
    text,
    made("p", { className: "soft signs" }, signs.join(", ")),
    told,
    made("div", { className: "row" }, made("figure", {}, picture, legend, svg), table_),
  );
  show();
}

const STYLE = `
.row > * { flex: 1 1 330px; }
.told { min-height: 2.9em; }
@container (max-width: 560px) { .told { min-height: 4.8em; } }
.text { margin: 0 0 2px; padding: 6px 10px; border-left: 4px solid var(--focus); background: var(--faint); }
.text { line-height: 1.9; font-family: var(--jp-code-font-family, ui-monospace, monospace); }
.token { display: inline-block; padding: 1px 3px; border: 1px solid var(--line); border-radius: 3px; }
.token { line-height: 1.4; }
.token.new { border-color: var(--query); box-shadow: 0 0 0 1px var(--query); }
.token.later { visibility: hidden; }
.token.out { border: 1.5px dashed currentColor; }
.what { fill: var(--soft); }
rect, path, circle { stroke-width: 1.3; fill: none; }
path, circle { display: none; }
.first rect { fill: var(--query); stroke: var(--query); }
.again rect, .again path { stroke: var(--query); }
.again path { display: inline; }
.stored rect, .stored circle { stroke: var(--key); }
.stored circle { display: inline; fill: var(--key); }
.done rect { fill: var(--line); stroke: var(--line); }
.unborn circle { display: inline; r: 1.5px; fill: var(--soft); }
button { min-width: 7.4em; }
button:disabled { opacity: 0.45; cursor: default; }
.signs { margin: 0 0 2px; font-size: 13px; }
summary { padding: 6px 0; color: var(--soft); cursor: pointer; }
text.unborn { visibility: hidden; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 2px 0 6px; font-size: 13px; }
.legend span { display: flex; align-items: center; gap: 5px; }
.legend svg { width: 18px; height: 18px; }
td.right, th.right { width: 57px; padding: 4px 3px; }
.both { text-align: center; border-left: 6px solid transparent; }
.shared { margin: 6px 0 0; font-size: 13px; }
table { font-size: 13px; }
thead th { font-size: 12px; white-space: nowrap; }
th:first-child { font-weight: 400; }
td, tbody th { height: 34px; }
:is([data-way="with"] .with, [data-way="without"] .without) {
  color: inherit;
  background: color-mix(in srgb, var(--focus) 18%, transparent);
}
`;
