// Words on a map: one is chosen, and its nearest are shown, on the map and among all tokens.
import { bar, drawn, made, number, put, radios, set, table, teller } from "./common.js";
import { hint, walk } from "./grid.js";

const N = 5;
const LEGEND =
  "A line leads to each of the five nearest. The colours are ours, the model knows nothing of them. 576 " +
  "numbers don’t fit on a page, so the map is only a rough picture: go by the numbers.";

export function render({ data, el }) {
  const { side, maps } = data;
  const [told, tell] = teller();
  const lines = Array.from({ length: N }, () => drawn("line", { class: "tie" }));
  const ties = drawn("g", {}, ...lines);
  const words = drawn("g");
  const svg = drawn("svg", { viewBox: `0 0 ${side} ${side}`, role: "group" }, ties, words);
  const legend = made("p", { className: "groups" });

  const here = Array.from({ length: N }, (_, i) => ({
    word: made("span"),
    cosine: number(`cosine-${i}`),
    share: bar(),
  }));
  const all = Array.from({ length: N }, (_, i) => ({ word: made("span"), cosine: number(`token-${i}`) }));
  const near = table({
    caption: ["The nearest words on the map"],
    columns: [["word"], ["cosine"]],
    rows: here.map(({ word, cosine, share }) => [
      word,
      made("span", { className: "withbar" }, cosine, share.element),
    ]),
  });
  const among = table({
    caption: ["The nearest of all the model’s tokens"],
    columns: [["token"], ["cosine"]],
    rows: all.map(({ word, cosine }) => [word, cosine]),
  });
  const place = number("place");
  let shown;
  let buttons;

  function show(name) {
    shown = maps.find((map) => map.name === name);
    const { words: its, group, groups, at } = shown;
    set(svg, { "aria-label": `A map of ${its.length} words, ${name}` });
    const tag = (word, i) => {
      const width = 7 * word.length + 18;
      const [x, y] = at[i];
      const box = { x: x - width / 2, y: y - 12, width, height: 24, rx: 5 };
      const text = { x: x + 2, y: y + 4, "text-anchor": "middle" };
      const strip = { x: box.x, y: box.y + 4, width: 4, height: 16, class: `g${group[i]}` };
      const parts = [drawn("rect", { class: "box", ...box }), drawn("rect", strip)];
      const said = `${word}, ${groups[group[i]]}`;
      const frame = drawn("g", { class: "word", role: "button", "aria-label": said });
      frame.append(...parts, drawn("text", text, word));
      return frame;
    };
    buttons = its.map(tag);
    words.replaceChildren(...buttons);
    const square = (g) => drawn("svg", { class: `sign g${g}`, "aria-hidden": true }, drawn("rect"));
    const sign = (words, g) => [square(g), ` ${words}`];
    legend.replaceChildren(...groups.map((words, g) => made("span", {}, ...sign(words, g))));
    const rows = groups.map((_, g) => buttons.filter((_, i) => group[i] === g));
    walk(rows, [0, 0], (g, i) => choose(buttons.indexOf(rows[g][i])));
  }

  function choose(chosen) {
    const { words: its, group, groups, at, cosines, nearest } = shown;
    const others = its.map((_, i) => i).filter((i) => i !== chosen);
    const top = others.sort((a, b) => cosines[chosen][b] - cosines[chosen][a]).slice(0, N);
    buttons.forEach((button, i) => {
      button.classList.toggle("on", i === chosen);
      button.classList.toggle("near", top.includes(i));
      set(button, { "aria-pressed": i === chosen });
    });
    top.forEach((i, rank) => {
      const [[x1, y1], [x2, y2]] = [at[chosen], at[i]];
      set(lines[rank], { x1, y1, x2, y2, "stroke-width": 0.8 + 5 * Math.max(0, cosines[chosen][i]) });
      here[rank].word.textContent = `${its[i]}`;
      put(here[rank].cosine, cosines[chosen][i]);
      here[rank].share.to(cosines[chosen][i]);
    });
    nearest[chosen].forEach(([token, cosine], rank) => {
      all[rank].word.textContent = token.replaceAll(" ", "␣");
      put(all[rank].cosine, cosine);
    });
    put(place, chosen + 1, 0);
    const [best] = top;
    const own = group[best] === group[chosen] ? "of its own group" : `of the group “${groups[group[best]]}”`;
    const value = here[0].cosine.textContent;
    tell(`Nearest to “${its[chosen]}” on the map is “${its[best]}”, ${own}, with ${value}.`);
  }

  const first = maps[0].name;
  const choice = radios(
    "words",
    maps.map(({ name }) => name),
    first,
    show,
  );
  show(first);
  el.append(
    made("style", { textContent: STYLE }),
    made("div", { className: "controls" }, choice),
    told,
    made(
      "div",
      { className: "row" },
      made("figure", {}, svg, legend),
      made(
        "figure",
        {},
        made("p", { className: "soft which" }, "word ", place, " of the map"),
        near.element,
        among.element,
      ),
    ),
    hint("a word", ` ${LEGEND}`),
  );
}

const STYLE = `
.word { cursor: pointer; outline: none; }
.word text { font-size: 12px; pointer-events: none; }
.box { fill: var(--ground); stroke: var(--line); stroke-width: 1; }
.near .box { stroke: var(--key); stroke-width: 2; }
.on .box { stroke: var(--query); stroke-width: 3; }
.word:focus-visible .box { stroke: var(--focus); stroke-width: 4; }
.on text { font-weight: 700; }
.tie { stroke: var(--key); opacity: 0.55; }
.groups { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 4px 0; font-size: 12.5px; }
.groups span { white-space: nowrap; }
.sign { display: inline-block; width: 10px; height: 10px; vertical-align: -1px; }
.sign rect { width: 10px; height: 10px; }
.which { margin: 0; }
.g0 { fill: #0072b2; } .g1 { fill: #d55e00; } .g2 { fill: #009e73; }
.g3 { fill: #cc79a7; } .g4 { fill: #e69f00; } .g5 { fill: #56b4e9; }
`;
