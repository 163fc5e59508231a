// A query that one turns: its dot product with each key, the weights, and the mixture that comes out.
import {
  arrow,
  bar,
  button,
  dot,
  draggable,
  drawn,
  made,
  number,
  plane,
  put,
  rounded,
  set,
  softmax,
  table,
  teller,
} from "./common.js";
import { mixture } from "./mixture.js";

const STEP = 5; // degrees
const LEGEND =
  "Beside each key stands its score. The dashed lines drop each key onto the query’s line, and a key " +
  "on the dotted line through the middle would score 0. Dots show the way that the output has come.";
const add = (a, b) => a + b;
const plain = (value) => `${value}`.replace("-", "−");
const factor = (value, words) => (value < 0 ? `(${words})` : words);

export function render({ data, el }) {
  const { asks, tokens, query, keys, values, features, outcomes } = data;
  const length = Math.hypot(...query);
  const reach = 1.12 * Math.max(length, ...keys.map((key) => Math.hypot(...key)));
  const [told, tell] = teller();
  let q = query;

  // The query among the keys
  const whole = Math.floor(reach);
  const ticks = Array.from({ length: 2 * whole + 1 }, (_, i) => i - whole);
  const left = plane({
    from: -reach,
    to: reach,
    ticks,
    names: features,
    label: "The query and the keys as arrows",
  });
  const { x, y } = left;
  const circle = drawn("circle", { class: "way", cx: x(0), cy: y(0), r: x(length) - x(0) });
  const line = drawn("line", { class: "along" });
  const level = drawn("line", { class: "level" });
  const feet = keys.map(() => drawn("line", { class: "foot" }));
  const arrows = keys.map((key) => {
    const { element, to } = arrow("key");
    to(x(0), y(0), x(key[0]), y(key[1]));
    return element;
  });
  const dots = keys.map(([a, b]) => drawn("circle", { class: "key dot", cx: x(a), cy: y(b), r: 4 }));
  const names = keys.map(([a, b], i) => {
    const below = b < 0 || (b === 0 && a > 0);
    const end = (a < 0 && b >= 0) || (a === 0 && b === 0); // else the query's tip would cover it
    const place = { x: x(a) + (end ? -5 : below ? -4 : -36), y: y(b) + (below ? 19 : -10) };
    return drawn("text", { class: "label key", ...place, "text-anchor": end ? "end" : "start" }, tokens[i]);
  });
  const shaft = arrow("query", 15);
  const ring = drawn("circle", { class: "ring", r: 9 });
  const grip = drawn("circle", { class: "grip", r: 24 });
  const handle = drawn("g", { class: "query" }, ring, grip);
  set(handle, {
    "aria-label": `The query of “${asks}”: the right arrow key turns it clockwise, the left one back`,
    "aria-valuemin": 0,
    "aria-valuemax": 360,
  });
  left.front.append(circle, line, level, ...feet, ...arrows, ...dots, shaft.element, ...names, handle);
  draggable(handle, left.svg, {
    to(sx, sy) {
      const [a, b] = left.at(sx, sy);
      if (a || b) turn(Math.round(degrees([a, b])));
    },
    by: (right, up) => turn(STEP * (Math.round(degrees(q) / STEP) - right + up)),
  });

  // Step by step, a row a key
  const cells = keys.map((_, i) => ({
    product: made("span", { className: "number soft" }),
    score: number(`score-${i}`),
    power: number(`power-${i}`),
    weight: number(`weight-${i}`),
    share: bar(),
  }));
  const shownQuery = [number("q0", "query"), number("q1", "query")];
  const sum = number("sum");
  const steps = table({
    caption: [`The query of “${asks}” is (`, shownQuery[0], ", ", shownQuery[1], ")"],
    columns: [
      ["key"],
      ["query · key, feature by feature", "wide"],
      ["score", "right"],
      [["e", made("sup", {}, "score")], "right"],
      ["weight"],
    ],
    rows: cells.map(({ product, score, power, weight, share }, i) => [
      [tokens[i], made("span", { className: "soft key number" }, ` (${keys[i].map(plain).join(", ")})`)],
      product,
      score,
      power,
      made("span", { className: "withbar" }, weight, share.element),
    ]),
    foot: ["together", "", "", sum, "1.00"],
  });
  steps.lines.forEach((line, i) => {
    line.addEventListener("pointerenter", () => only(i));
    line.addEventListener("pointerleave", () => only(-1));
  });
  const mixed = mixture({ asks, tokens, values, outcomes });

  function degrees([a, b]) {
    return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  }

  function turn(angle) {
    const radians = (angle * Math.PI) / 180;
    q = [length * Math.cos(radians), length * Math.sin(radians)];
    show();
  }

  function only(row) {
    const dim = (elements) => elements.forEach((it, i) => it.classList.toggle("dim", row >= 0 && i !== row));
    for (const elements of [arrows, dots, names, feet, mixed.ties]) dim(elements);
  }

  function show() {
    const scores = keys.map((key) => dot(q, key));
    const powers = scores.map(Math.exp);
    const weights = softmax(scores);

    const unit = q.map((it) => it / length);
    shaft.to(x(0), y(0), x(q[0]), y(q[1]));
    handle.setAttribute("transform", `translate(${x(q[0])} ${y(q[1])})`);
    set(line, {
      x1: x(-reach * unit[0]),
      y1: y(-reach * unit[1]),
      x2: x(reach * unit[0]),
      y2: y(reach * unit[1]),
    });
    set(level, {
      x1: x(reach * unit[1]),
      y1: y(-reach * unit[0]),
      x2: x(-reach * unit[1]),
      y2: y(reach * unit[0]),
    });
    keys.forEach((key, i) => {
      const foot = dot(key, unit);
      set(feet[i], { x1: x(key[0]), y1: y(key[1]), x2: x(foot * unit[0]), y2: y(foot * unit[1]) });
      names[i].textContent = `${tokens[i]} ${rounded(scores[i])}`;
    });
    shownQuery.forEach((it, i) => put(it, q[i]));
    const best = Math.max(...weights);
    cells.forEach(({ product, score, power, weight, share }, i) => {
      const parts = q.map((it, feature) => {
        const its = keys[i][feature];
        return `${factor(it, rounded(it))} · ${factor(its, plain(its))}`;
      });
      product.textContent = parts.join(" + ");
      put(score, scores[i]);
      put(power, powers[i]);
      put(weight, weights[i]);
      share.to(weights[i]);
      steps.lines[i].classList.toggle("most", weights[i] > best - 1e-9);
    });
    put(sum, powers.reduce(add));

    const output = mixed.to(weights).map((it) => rounded(it, 1));
    const first = tokens.filter((_, i) => weights[i] > best - 0.005).map((token) => `“${token}”`);
    const lead =
      first.length > 1
        ? `${first.slice(0, -1).join(", ")} and ${first.at(-1)} tie, with ${rounded(best)} each`
        : `${first[0]} wins, with ${rounded(best)}`;
    tell(`${lead}. Out comes ${outcomes[0]} ${output[0]}, ${outcomes[1]} ${output[1]}.`);
    const given = tokens.map((token, i) => `${token} ${rounded(weights[i])}`);
    set(handle, {
      "aria-valuenow": Math.round(degrees(q)),
      "aria-valuetext": `(${q.map((it) => rounded(it)).join(", ")}): ${given.join(", ")}`,
    });
  }

  const back = button(`Back to (${query.join(", ")})`, () => {
    q = query;
    mixed.forget();
    show();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      made(
        "span",
        { className: "hint" },
        "Turn the orange arrow: drag its tip, or tap where it is to point.",
        made("span", { className: "keys" }, " (Keys: → clockwise, ← back.)"),
      ),
      back,
    ),
    told,
    made(
      "div",
      { className: "row" },
      made("figure", {}, made("figcaption", {}, `The query of “${asks}” among the keys`), left.svg),
      mixed.figure,
    ),
    made("p", { className: "soft" }, LEGEND),
    steps.element,
  );
  show();
}

const STYLE = `
.key.soft { color: var(--key); }
.way { fill: none; stroke: var(--query); stroke-width: 1; stroke-dasharray: 2 5; opacity: 0.6; }
.along { stroke: var(--query); stroke-width: 1; opacity: 0.55; }
.level { stroke: currentColor; stroke-width: 1.2; stroke-dasharray: 1 5; opacity: 0.7; }
.level { stroke-linecap: round; }
.foot { stroke: var(--key); stroke-width: 1; stroke-dasharray: 4 3; }
.dot { fill: currentColor; }
.dim { opacity: 0.15; }
td, tbody th, tfoot th { height: 28px; }
`;
