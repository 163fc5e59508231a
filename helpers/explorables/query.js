// A query that one turns: its dot product with each key, the weights, and the mixture that comes out.
import { arrow, bar, button, dot, draggable, drawn, made, number, plane, put, rounded, set, softmax, teller } from "./common.js";

const STEP = 5; // degrees

export function render({ data, el }) {
  const { asks, tokens, query, keys, values, features, outcomes } = data;
  const length = Math.hypot(...query);
  const reach = 1.12 * Math.max(length, ...keys.map((key) => Math.hypot(...key)));
  const [told, tell] = teller();
  let q = query;

  // The query among the keys
  const whole = Math.floor(reach);
  const ticks = Array.from({ length: 2 * whole + 1 }, (_, i) => i - whole);
  const left = plane({ from: -reach, to: reach, ticks, names: features, label: "The query and the keys as arrows" });
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
    const end = a < 0 || (a === 0 && b === 0);
    const place = { x: x(a) + (end ? -5 : below ? -4 : -36), y: y(b) + (below ? 19 : -10) };
    return drawn("text", { class: "label key", ...place, "text-anchor": end ? "end" : "start" }, tokens[i]);
  });
  const shaft = arrow("query", 15);
  const ring = drawn("circle", { class: "ring", r: 9 });
  const grip = drawn("circle", { class: "grip", r: 24 });
  const handle = drawn("g", { class: "query" }, ring, grip);
  set(handle, { "aria-label": `The query of “${asks}”: turn it with the arrow keys`, "aria-valuemin": 0, "aria-valuemax": 360 });
  left.front.append(circle, line, level, ...feet, ...arrows, ...dots, shaft.element, ...names, handle);
  draggable(handle, left.svg, {
    to(sx, sy) {
      const [a, b] = left.at(sx, sy);
      if (a || b) turn(Math.round(degrees([a, b])));
    },
    by: (right, up) => turn(STEP * (Math.round(degrees(q) / STEP) + right + up)),
  });

  // Step by step, a row a key
  const rows = keys.map((key, i) => {
    const cells = { product: made("span", { className: "number soft" }), score: number(`score-${i}`), power: number(`power-${i}`), weight: number(`weight-${i}`) };
    const share = bar();
    const row = made("tr", {},
      set(made("th", {}, tokens[i], made("span", { className: "soft key number" }, ` (${key.join(", ").replaceAll("-", "−")})`)), { scope: "row" }),
      made("td", { className: "wide" }, cells.product),
      made("td", { className: "right" }, cells.score),
      made("td", { className: "right" }, cells.power),
      made("td", {}, made("span", { className: "withbar" }, cells.weight, share.element)));
    row.addEventListener("pointerenter", () => only(i));
    row.addEventListener("pointerleave", () => only(-1));
    return { row, cells, share };
  });
  const sum = number("sum");
  const head = ["key", "query · key, feature by feature", "score", "e^score", "weight"].map((name, i) =>
    set(made("th", { className: ["", "wide", "right", "right", ""][i] }, ...(i === 3 ? ["e", made("sup", {}, "score")] : [name])), { scope: "col" }));
  const shownQuery = [number("q0", "query"), number("q1", "query")];
  const table = made("table", {},
    made("caption", {}, `The query of “${asks}” is (`, shownQuery[0], ", ", shownQuery[1], ")"),
    made("thead", {}, made("tr", {}, ...head)),
    made("tbody", {}, ...rows.map(({ row }) => row)),
    made("tfoot", {}, made("tr", {},
      set(made("th", { className: "soft" }, "together"), { scope: "row" }), made("td", { className: "wide" }), made("td"),
      made("td", { className: "right" }, sum), made("td", {}, "1.00"))));

  // The mixture
  const most = Math.max(...values.flat(), 1);
  const right = plane({ from: -0.12 * most, to: 1.12 * most, ticks: [0, most / 2, most], names: outcomes, label: "The values, and the output as their mixture" });
  const ties = values.map(() => drawn("line", { class: "tie" }));
  const trail = drawn("polyline", { class: "trail" });
  const squares = values.map(([a, b]) => drawn("rect", { class: "value square", x: right.x(a) - 5, y: right.y(b) - 5, width: 10, height: 10 }));
  const places = new Map();
  values.forEach((value, i) => places.set(`${value}`, [...(places.get(`${value}`) ?? []), tokens[i]]));
  const valueNames = [...places].map(([place, there]) => {
    const [a, b] = place.split(",").map(Number);
    const end = a > most / 2;
    return drawn("text", { class: "label value", x: right.x(a) + (end ? 6 : 9), y: right.y(b) + (b > most / 2 ? -10 : 20), "text-anchor": end ? "end" : "start" }, there.join(", "));
  });
  const out = drawn("circle", { class: "query out", r: 8 });
  const outName = drawn("text", { class: "label query" }, `“${asks}” gets`);
  right.front.append(...ties, trail, ...squares, ...valueNames, out, outName);
  const outputs = [number("output-0", "query"), number("output-1", "query")];
  const visited = [];

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
    for (const elements of [arrows, dots, names, feet, ties, squares]) dim(elements);
  }

  function show() {
    const scores = keys.map((key) => dot(q, key));
    const weights = softmax(scores);
    const output = [0, 1].map((feature) => dot(weights, values.map((value) => value[feature])));

    const unit = q.map((it) => it / length);
    shaft.to(x(0), y(0), x(q[0]), y(q[1]));
    handle.setAttribute("transform", `translate(${x(q[0])} ${y(q[1])})`);
    set(line, { x1: x(-reach * unit[0]), y1: y(-reach * unit[1]), x2: x(reach * unit[0]), y2: y(reach * unit[1]) });
    set(level, { x1: x(reach * unit[1]), y1: y(-reach * unit[0]), x2: x(-reach * unit[1]), y2: y(reach * unit[0]) });
    keys.forEach((key, i) => {
      const foot = dot(key, unit);
      set(feet[i], { x1: x(key[0]), y1: y(key[1]), x2: x(foot * unit[0]), y2: y(foot * unit[1]) });
      names[i].textContent = `${tokens[i]} ${rounded(scores[i])}`;
    });
    shownQuery.forEach((it, i) => put(it, q[i]));
    const best = Math.max(...weights);
    rows.forEach(({ row, cells, share }, i) => {
      cells.product.textContent = q.map((it, f) => `${rounded(it)} · ${keys[i][f] < 0 ? `(${rounded(keys[i][f], 0)})` : keys[i][f]}`).join(" + ");
      put(cells.score, scores[i]);
      put(cells.power, Math.exp(scores[i]));
      put(cells.weight, weights[i]);
      share.to(weights[i]);
      row.classList.toggle("most", weights[i] > best - 1e-9);
    });
    put(sum, scores.reduce((all, score) => all + Math.exp(score), 0));

    const [ox, oy] = [right.x(output[0]), right.y(output[1])];
    values.forEach((value, i) => set(ties[i], { x1: ox, y1: oy, x2: right.x(value[0]), y2: right.y(value[1]), "stroke-width": 14 * weights[i] }));
    visited.push(`${ox.toFixed(1)},${oy.toFixed(1)}`);
    trail.setAttribute("points", visited.slice(-80).join(" "));
    set(out, { cx: ox, cy: oy });
    set(outName, { x: ox + 12, y: oy - 10 });
    outputs.forEach((it, i) => put(it, output[i], 1));

    const first = tokens.filter((_, i) => weights[i] > best - 0.005).map((token) => `“${token}”`);
    const listens = first.length > 1 ? `${first.slice(0, -1).join(", ")} and ${first.at(-1)} share the lead with` : `${first[0]} gets most,`;
    tell(`${listens} ${rounded(best)}. Out comes ${outcomes[0]} ${rounded(output[0], 1)}, ${outcomes[1]} ${rounded(output[1], 1)}.`);
    set(handle, {
      "aria-valuenow": Math.round(degrees(q)),
      "aria-valuetext": `(${q.map((it) => rounded(it)).join(", ")}): ${tokens.map((token, i) => `${token} ${rounded(weights[i])}`).join(", ")}`,
    });
  }

  const back = button(`Back to (${query.join(", ")})`, () => {
    q = query;
    visited.length = 0;
    show();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made("div", { className: "controls" }, made("span", { className: "hint" }, "Drag the tip of the orange arrow, or choose it and press the arrow keys."), back),
    made("div", { className: "row" },
      made("figure", {}, made("figcaption", {}, `The query of “${asks}” among the keys`), left.svg),
      made("figure", {}, made("figcaption", {}, "What comes out: ", `${outcomes[0]} `, outputs[0], `, ${outcomes[1]} `, outputs[1]), right.svg)),
    told, made("div", { className: "scroll" }, table));
  show();
}

const STYLE = `
.soft { color: var(--soft); font-weight: 400; }
.key.soft { color: var(--key); }
.way { fill: none; stroke: var(--query); stroke-width: 1; stroke-dasharray: 2 5; opacity: 0.6; }
.along { stroke: var(--query); stroke-width: 1; opacity: 0.55; }
.level { stroke: currentColor; stroke-width: 1.2; stroke-dasharray: 1 5; stroke-linecap: round; opacity: 0.7; }
.foot { stroke: var(--key); stroke-width: 1; stroke-dasharray: 4 3; }
.dot { fill: currentColor; }
.square { fill: currentColor; }
.tie { stroke: var(--query); opacity: 0.4; stroke-linecap: round; }
.trail { fill: none; stroke: var(--query); stroke-width: 1.5; stroke-dasharray: 1 4; stroke-linecap: round; opacity: 0.8; }
.out { fill: var(--query); stroke: var(--ground); stroke-width: 2; }
.dim { opacity: 0.15; }
td, tbody th, tfoot th { height: 28px; }
`;
