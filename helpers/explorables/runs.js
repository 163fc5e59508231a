// The losses of several runs, step by step, on an axis as long as the chosen one needs.
import { drawn, made, rounded, set } from "./common.js";
import { chart } from "./chart.js";

const ROOM = [36, 15]; // of a label
const LONGEST = 120; // steps: longer runs go on beyond the edge

// runs: [name, losses] of each; draw(runs, chosen, at) shows where the chosen one is.
export function runsChart({ ys, yTicks, names, label }) {
  const element = made("div");
  let plot;
  let end = 0;

  function grow(steps) {
    let needed = 40;
    while (needed < Math.min(steps, LONGEST)) needed += 40;
    if (needed === end) return;
    end = needed;
    plot = chart({ xs: [0, end], xTicks: [0, 1, 2, 3, 4].map((it) => (it * end) / 4), ys, yTicks, names });
    element.replaceChildren(set(plot.svg, { role: "img", "aria-label": label }));
  }

  function draw(runs, chosen, at) {
    grow(new Map(runs).get(chosen)?.length - 1 || 0);
    const place = (losses, i) => [plot.x(i), plot.y(Math.min(ys[1], losses[i]))];
    const taken = [];
    const free = ([x, y]) => taken.every(([u, v]) => Math.abs(u - x) > ROOM[0] || Math.abs(v - y) > ROOM[1]);
    const write = (text, [x, y], attributes = {}) => {
      taken.push([x, y]);
      return drawn("text", { class: "label", x: x + 5, y: y - 5, ...attributes }, text);
    };
    const first = [...runs].sort(([a], [b]) => (b === chosen) - (a === chosen));
    const lines = first.map(([name, whole]) => {
      const losses = whole.slice(0, end + 1);
      const all = losses.map((_, i) => place(losses, i));
      const last = all.at(-1);
      const line = drawn("g", { class: name === chosen ? "run query" : "run" });
      const points = all.map((xy) => xy.map((it) => it.toFixed(1))).join(" ");
      line.append(drawn("polyline", { points }));
      if (losses.length === whole.length) line.append(drawn("circle", { cx: last[0], cy: last[1], r: 3 }));
      const most = Math.max(...losses);
      const peak = place(losses, losses.indexOf(most));
      const high = most > ys[1] && free(peak) ? `${name}: ▲ ${rounded(most, 1)}` : "▲";
      if (most > ys[1]) {
        const near = peak[0] < plot.x(0) + 40; // the axis has numbers there
        line.append(write(high, peak, near ? {} : { x: peak[0], "text-anchor": "middle" }));
      }
      const named = high !== "▲" || losses.length === 1;
      if (!named && free(last)) line.append(write(`${name}`, last));
      if (name === chosen && at < losses.length) {
        const [cx, cy] = all[at];
        line.append(drawn("circle", { class: "here", cx, cy, r: 6 }));
      }
      return line;
    });
    plot.front.replaceChildren(...lines.reverse());
  }
  return { element, draw };
}
