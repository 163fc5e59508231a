// The plane of values with two features, and in it the output, tied to each value by a line as thick
// as its weight. It leaves a trail.
import { dot, drawn, made, number, plane, put, set } from "./common.js";

// to(weights) moves the output, and gives it; forget() wipes the trail.
export function mixture({ asks, tokens, values, outcomes, size = 320 }) {
  const most = Math.max(...values.flat(), 1);
  const label = "The values, and the output as their mixture";
  const { svg, front, x, y } = plane({
    from: -0.12 * most,
    to: 1.12 * most,
    ticks: [0, most / 2, most],
    names: outcomes,
    label,
    size,
  });
  const ties = values.map(() => drawn("line", { class: "tie" }));
  const trail = drawn("polyline", { class: "trail" });
  const squares = values.map(([a, b]) =>
    drawn("rect", { class: "value square", x: x(a) - 5, y: y(b) - 5, width: 10, height: 10 }),
  );
  const places = new Map(); // values that are alike share a name
  values.forEach((value, i) => places.set(`${value}`, [...(places.get(`${value}`) ?? []), tokens[i]]));
  const names = [...places].map(([place, there]) => {
    const [a, b] = place.split(",").map(Number);
    const end = a > most / 2;
    const at = { x: x(a) + (end ? 6 : 9), y: y(b) + (b > most / 2 ? -10 : 20) };
    return drawn(
      "text",
      { class: "label value", ...at, "text-anchor": end ? "end" : "start" },
      there.join(", "),
    );
  });
  const out = drawn("circle", { class: "query out", r: 8 });
  const outName = drawn("text", { class: "label query" });
  front.append(...ties, trail, ...squares, ...names, out, outName);

  const shown = [number("output-0", "query"), number("output-1", "query")];
  const caption = made(
    "figcaption",
    {},
    `Out comes ${outcomes[0]} `,
    shown[0],
    `, ${outcomes[1]} `,
    shown[1],
  );
  const visited = [];

  function to(weights, who = asks) {
    const output = [0, 1].map((feature) =>
      dot(
        weights,
        values.map((value) => value[feature]),
      ),
    );
    const [ox, oy] = [x(output[0]), y(output[1])];
    values.forEach(([a, b], i) =>
      set(ties[i], { x1: ox, y1: oy, x2: x(a), y2: y(b), "stroke-width": 14 * weights[i] }),
    );
    visited.push(`${ox.toFixed(1)},${oy.toFixed(1)}`);
    trail.setAttribute("points", visited.slice(-80).join(" "));
    set(out, { cx: ox, cy: oy });
    const end = output[0] > 0.75 * most;
    set(outName, {
      x: ox + (end ? 4 : 12),
      y: oy + (output[1] > 0.75 * most ? 26 : -14),
      "text-anchor": end ? "end" : "start",
    });
    outName.textContent = `“${who}” gets`;
    shown.forEach((it, i) => put(it, output[i], 1));
    return output;
  }

  const style = made("style", { textContent: STYLE_OF_MIXTURE });
  return { figure: made("figure", {}, style, caption, svg), ties, to, forget: () => (visited.length = 0) };
}

const STYLE_OF_MIXTURE = `
.square { fill: currentColor; }
.tie { stroke: var(--query); opacity: 0.4; stroke-linecap: round; }
.trail { fill: none; stroke: var(--query); stroke-width: 1.5; stroke-dasharray: 1 4; }
.trail { stroke-linecap: round; opacity: 0.8; }
.out { fill: var(--query); stroke: var(--ground); stroke-width: 2; }
`;
