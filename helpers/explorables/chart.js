// Axes that are longer than high, with ticks and names, for curves.
import { drawn, rounded } from "./common.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [40, 26, 12, 36];

// From xs[0] to xs[1] and ys[0] to ys[1], with ticks at what xTicks and yTicks list, names of both.
// x and y say where a value lies; what is added to front lies over the grid.
export function chart({ xs, ys, xTicks, yTicks, names, width = 380, height = 290 }) {
  const x = (value) => LEFT + ((value - xs[0]) / (xs[1] - xs[0])) * (width - LEFT - RIGHT);
  const y = (value) => height - BOTTOM - ((value - ys[0]) / (ys[1] - ys[0])) * (height - BOTTOM - TOP);
  const grid = drawn("g", { class: "grid" });
  const write = (attributes, text) =>
    grid.append(drawn("text", { "text-anchor": "middle", ...attributes }, text));
  const axis = (at) => (at === 0 ? "axis" : "");
  const digits = (ticks) => (ticks.every(Number.isInteger) ? 0 : 1);
  for (const at of xTicks) {
    grid.append(drawn("line", { class: axis(at), x1: x(at), x2: x(at), y1: y(ys[0]), y2: y(ys[1]) }));
    write({ x: x(at), y: height - BOTTOM + 15 }, rounded(at, digits(xTicks)));
  }
  for (const at of yTicks) {
    grid.append(drawn("line", { class: axis(at), x1: x(xs[0]), x2: x(xs[1]), y1: y(at), y2: y(at) }));
    write({ x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, rounded(at, digits(yTicks)));
  }
  write({ class: "name", x: x((xs[0] + xs[1]) / 2), y: height - 4 }, names[0]);
  const turned = `translate(10 ${y((ys[0] + ys[1]) / 2)}) rotate(-90)`;
  write({ class: "name", transform: turned }, names[1]);
  const front = drawn("g");
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}` }, grid, front);
  const valueAt = (sx) => xs[0] + ((sx - LEFT) / (width - LEFT - RIGHT)) * (xs[1] - xs[0]);
  return { svg, front, x, y, valueAt };
}
