// A score by distance: a dot for each distance tried, one of which can be compared with that of now.
import { drawn, made, number, put, rounded, set } from "./common.js";
import { chart } from "./chart.js";

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

// Distances are -last to last, scores at most `most`; scoreAt(distance) may change. now(distance) is
// told which one there is now.
export function distances(last, most, scoreAt) {
  const tried = new Set();
  let [gap, other] = [0, null];
  const { svg, front, x, y } = chart({
    xs: [-last, last],
    ys: [-1.1 * most, 1.1 * most],
    xTicks: [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((part) => (part * last) / 4),
    yTicks: [-most, 0, most],
    names: ["position of the query − position of the key", "score of this pair"],
    height: 270,
  });
  const name = "The score of this pair at the distances tried so far: which one to compare";
  set(svg, { role: "slider", tabindex: 0, "aria-label": name, class: "dots" });
  const [at, score, at_now, score_now] = ["other", "other-score", "now", "now-score"].map((it) => number(it));
  const compared = made("p", { className: "compared" });
  const lies = (its) => [x(its), y(scoreAt(its))];
  const sorted = () => [...tried].sort((a, b) => a - b);

  // From a distance to the next one.
  function wave(its) {
    const points = Array.from({ length: 9 }, (_, i) => lies(its + i / 8).map((it) => it.toFixed(1)));
    return drawn("polyline", { class: "wave", points: points.join(" ") });
  }

  // The one of now and the one that is compared have their distances beside them.
  function dot(its) {
    const [cx, cy] = lies(its);
    const kind = its === gap ? "now" : its === other ? "other" : "";
    const circle = drawn("circle", { class: `tried ${kind}`, cx, cy, r: kind ? 7 : 3.5 });
    const side = its < gap ? -1 : 1; // away from the one of now
    const place = its === gap ? { x: cx, y: cy - 11 } : { x: cx + 12 * side, y: cy + 4 };
    place["text-anchor"] = its === gap ? "middle" : side < 0 ? "end" : "start";
    return drawn("g", {}, circle, kind ? drawn("text", { class: "label", ...place }, rounded(its, 0)) : "");
  }

  function show() {
    const all = sorted();
    front.replaceChildren(...all.filter((its) => tried.has(its + 1)).map(wave), ...all.map(dot));
    front.append(...front.querySelectorAll("g:has(text)")); // over the others
    const against = other !== null && other !== gap;
    put(at_now, gap, 0);
    put(score_now, scoreAt(gap), 3);
    if (against) {
      put(at, other, 0);
      put(score, scoreAt(other), 3);
    }
    const before = against ? ["Distance ", at, ": ", score] : "Tap another dot to compare it.";
    compared.replaceChildren("Distance now, ", at_now, ": ", score_now, made("br"), ...[before].flat());
    const its = against ? other : gap;
    const said = `distance ${rounded(its, 0)}, score ${rounded(scoreAt(its), 3)}`;
    const range = { "aria-valuemin": -last, "aria-valuemax": last, "aria-valuenow": its };
    set(svg, { ...range, "aria-valuetext": said });
  }

  function pick(its) {
    other = its;
    show();
  }

  svg.addEventListener("click", ({ clientX, clientY }) => {
    const place = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    const far = (its) => Math.hypot(lies(its)[0] - place.x, lies(its)[1] - place.y);
    pick(sorted().reduce((best, its) => (far(its) < far(best) ? its : best)));
  });
  svg.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault(); // else the page scrolls
    const all = sorted();
    pick(all[all.indexOf(other ?? gap) + STEPS[event.key]] ?? other ?? gap);
  });

  const caption = made("figcaption", {}, "Distances tried; neighbours are joined");
  const now = (distance) => {
    gap = distance;
    tried.add(gap);
    show();
  };
  return { figure: made("figure", { className: "by-distance" }, caption, svg, compared), now };
}

export const STYLE_OF_DISTANCES = `
.dots { cursor: pointer; }
.compared { margin: 4px 0 0; }
.wave { fill: none; stroke: currentColor; stroke-width: 1; opacity: 0.35; }
.tried { fill: currentColor; opacity: 0.6; }
.tried.now { fill: var(--focus); opacity: 1; stroke: var(--ground); stroke-width: 2; }
.tried.other { fill: var(--ground); opacity: 1; stroke: currentColor; stroke-width: 2; }
`;
