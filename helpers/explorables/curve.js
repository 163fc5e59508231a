// How many tokens a line has after each merge. Early merges do most, so they have most of the axis.
import { drawn, grouped, made, set } from "./common.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [340, 190, 34, 34];
const LOW = HEIGHT - BOTTOM;

// n: all merges; press gets the number of merges where somebody has clicked.
export function curveOf(n, press) {
  const wide = WIDTH - LEFT - 16;
  const x = (merges) => LEFT + (Math.log1p(merges) / Math.log1p(Math.max(n, 1))) * wide;
  const grid = drawn("g", { class: "grid" });
  const write = (attributes, words) =>
    grid.append(drawn("text", { "text-anchor": "middle", ...attributes }, words));
  const ticks = [0, 1, 3, 10, 30, 100, 300].filter((at) => at < n / 2);
  for (const at of [...ticks, n]) {
    grid.append(drawn("line", { class: at ? "" : "axis", x1: x(at), x2: x(at), y1: LOW, y2: 8 }));
    write({ x: x(at), y: LOW + 15 }, grouped(at));
  }
  grid.append(drawn("line", { class: "axis", x1: LEFT, x2: x(n), y1: LOW, y2: LOW }));
  write({ class: "name", x: (LEFT + x(n)) / 2, y: HEIGHT - 4 }, "merges (logarithmic)");
  write({ class: "name", transform: `translate(12 ${LOW / 2 + 4}) rotate(-90)` }, "tokens");
  write({ "text-anchor": "end", x: LEFT - 6, y: LOW + 4 }, "0");

  const top = drawn("text", { "text-anchor": "end", x: LEFT - 6, y: 16 });
  const line = drawn("polyline", { class: "curve" });
  const [floor, floorName] = [drawn("line", { class: "floor" }), drawn("text", { class: "label" })];
  const here = drawn("circle", { class: "here", r: 6 });
  grid.append(top);
  const parts = [grid, floor, line, floorName, here];
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" }, ...parts);
  svg.addEventListener("click", ({ clientX, clientY }) => {
    const at = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    press(Math.round(Math.expm1(((at.x - LEFT) / wide) * Math.log1p(n))));
  });

  // cut: of the line, after how many merges it changes, and its lengths after each.
  function show({ kinds, lengths, changes }, chosen) {
    const y = (tokens) => LOW - (tokens / Math.max(lengths[0], 1)) * (LOW - 12);
    const points = changes.map((k) => [x(k), y(lengths[k])]);
    const steps = points.flatMap(([px, py], i) => [...(i ? [[px, points[i - 1][1]]] : []), [px, py]]);
    steps.push([x(n), points.at(-1)[1]]);
    line.setAttribute("points", steps.map((point) => point.map((at) => at.toFixed(1)).join(",")).join(" "));
    const whole = kinds.filter((kind) => kind !== "space").length;
    set(floor, { x1: LEFT, x2: x(n), y1: y(whole), y2: y(whole) });
    set(floorName, { x: LEFT + 8, y: y(whole) + (LOW - y(whole) > 18 ? 14 : -5) });
    floorName.textContent = whole ? `one token for each word and mark: ${whole}` : "";
    top.textContent = lengths[0];
    set(here, { cx: x(chosen), cy: y(lengths[chosen]) });
    const ends = `${lengths[0]} without any, ${lengths.at(-1)} after all ${grouped(n)}`;
    set(svg, { "aria-label": `Tokens of your line against merges: ${ends}` });
  }

  const caption = made("figcaption", {}, "Your line gets shorter, merge by merge (tap a place to go there)");
  return { element: made("figure", {}, caption, svg), show };
}
