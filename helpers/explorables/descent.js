// A ball on the curve of a loss over one logit: its steps go against the slope, as far as the
// learning rate says. Beside it the loss of each step, a line for each rate that was tried. What was
// tried stays: a run is as long as it ever was, wherever the ball is now.
import {
  arrow,
  button,
  draggable,
  drawn,
  made,
  number,
  put,
  rounded,
  set,
  slider,
  softmax,
  table,
  teller,
} from "./common.js";
import { chart } from "./chart.js";
import { runsChart } from "./runs.js";
import { wording } from "./wording.js";

const AT_MOST = 300; // steps until it settles

export function render({ data, el }) {
  const { words, moves, row, goal, rates, reach } = data;
  const place = words.indexOf(moves);
  const [told, tell] = teller();

  function at(logit) {
    const p = softmax(row.map((it, i) => (i === place ? logit : it)));
    const loss = goal.reduce((sum, share, i) => (share ? sum - share * Math.log(p[i]) : sum), 0);
    return { logit, p: p[place], loss, slope: p[place] - goal[place] };
  }
  const others = row.reduce((sum, it, i) => (i === place ? sum : sum + Math.exp(it)), 0);
  const lowest = at(Math.log((others * goal[place]) / (1 - goal[place])));
  const within = (logit) => Math.min(reach[1], Math.max(reach[0], logit));
  const out = (it) => it.logit !== within(it.logit);
  const after = (it) => at(it.logit - rate * it.slope);
  const { settled, enough, happened, listed } = wording(lowest, out);

  let start = data.start;
  let rate = data.rate;
  let taken = 0; // steps of the run, to where the ball is
  let tried = new Map(); // of each start, of each rate: the start, and where each step came to
  const runsFrom = (logit) => tried.get(logit) ?? new Map();
  const run = () => runsFrom(start).get(rate) ?? [at(start)];
  const ball_ = () => run()[taken];

  // The curve with the ball, and the losses step by step
  const range = (from, to, by) => Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
  const ys = [Math.floor(lowest.loss), Math.ceil(Math.max(...reach.map((it) => at(it).loss)) - 0.1)];
  const losses = { ys, yTicks: range(...ys, 1) };
  const names = [`logit of “${moves}”`, "mean loss (nats)"];
  const curve = chart({ xs: reach, xTicks: range(...reach, 2), ...losses, names });
  const label = "The loss step by step, a line for each learning rate";
  const runs = runsChart({ ...losses, names: ["step", names[1]], label });
  const { x } = curve;
  const across = (it) => x(within(it.logit));
  const high = (it) => curve.y(Math.min(ys[1], at(within(it.logit)).loss));
  const points = (places) => ({ points: places.map((xy) => xy.map((it) => it.toFixed(1))).join(" ") });
  const whole = range(0, 120, 1).map((i) => at(reach[0] + ((reach[1] - reach[0]) * i) / 120));
  const trail = drawn("g", { class: "trail" });
  const tangent = drawn("line", { class: "tangent" });
  const [steep, note] = [drawn("text", { class: "label" }), drawn("text", { class: "label note" })];
  const step = arrow("next", 6);
  const fall = drawn("line", { class: "fall" });
  const lands = drawn("circle", { class: "lands", r: 7 });
  const ring = drawn("circle", { class: "ring", r: 9 });
  const ball = drawn("g", { class: "query ball" }, ring, drawn("circle", { class: "grip", r: 24 }));
  const line = drawn("polyline", { class: "curve", ...points(whole.map((it) => [across(it), high(it)])) });
  curve.front.append(line, trail, tangent, steep, fall, lands, ball, step.element, note);
  const grip = `The ball, on a logit of “${moves}”: arrow keys move it, which makes a new start`;
  set(ball, { "aria-label": grip, "aria-valuemin": reach[0], "aria-valuemax": reach[1] });
  set(curve.svg, { role: "group", "aria-label": `The loss as the logit of “${moves}” moves` });
  draggable(ball, curve.svg, {
    to: (sx) => begin(Math.round(curve.valueAt(sx) * 20) / 20),
    by: (right, up) => begin(Math.round((ball_().logit + 0.1 * (right + up)) * 10) / 10),
  });

  // The numbers of the next step
  const shown = ["logit", "p", "loss", "slope", "step", "next-logit", "next-p", "next-loss"];
  const cells = shown.map((name) => number(name));
  const [factor, steps, least, most] = ["rate", "steps", "lowest", "enough"].map((it) => number(it));
  const columns = [names[0], `p of “${moves}”`, "mean loss", `slope = p − ${goal[place]}`];
  const numbers = table({
    caption: ["The next step (so far: ", steps, ")"],
    columns: [[""], ...[...columns, [factor, " × slope"]].map((it) => [it, "right"])],
    rows: [
      ["now", ...cells.slice(0, 5)],
      ["next", ...cells.slice(5), "", ""],
    ],
  });
  const tally = made("div", { className: "tally" });
  put(least, lowest.loss, 3);
  put(most, enough, 3);
  const dragged = made("figcaption", {}, "Drag the ball, or tap where it is to start");
  const what = ["Steps until the loss is ", most, " or less, by learning rate (the lowest is ", least, ")"];

  function begin(logit) {
    start = within(logit);
    again();
  }

  function again(why = "The ball is at its start") {
    taken = 0;
    ball.classList.remove("hops");
    show();
    const next = after(ball_());
    const where = `a logit of ${rounded(start)}, where the loss is ${rounded(ball_().loss, 3)}`;
    const goes = `With a learning rate of ${rate}, the next step goes to ${rounded(next.logit)}`;
    const kept = run().length > 1 ? ` The list keeps what you tried with ${rate}.` : "";
    tell(`${why}, ${where}. ${goes}${out(next) ? ", out of the picture" : ""}.${kept}`);
  }

  function walk(count, ends = () => false) {
    const its = [...run()];
    const before = taken;
    for (let i = 0; i < count && !ends(its.slice(0, taken + 1)); i++)
      if (++taken === its.length) its.push(after(its.at(-1)));
    if (taken) tried.set(start, runsFrom(start).set(rate, its));
    ball.classList.add("hops");
    show();
    tell(happened(its.slice(0, taken + 1), before));
  }

  function show() {
    const its = run().slice(0, taken + 1);
    const now = its.at(-1);
    const next = after(now);
    const [left, top] = [across(now), high(now)];
    ball.style.transform = `translate(${left}px, ${top}px)`;
    ball.classList.toggle("out", out(now));
    const ends = [-1.3, 1.3].map((by) => [x(now.logit + by), curve.y(now.loss + now.slope * by)]);
    const [[x1, y1], [x2, y2]] = ends;
    const falls = now.slope < 0;
    set(tangent, { x1, y1, x2, y2 });
    set(steep, { x: falls ? x2 : x1, y: (falls ? y2 : y1) + 14, "text-anchor": falls ? "start" : "end" });
    steep.textContent = `slope ${rounded(now.slope)}`;
    step.to(left, top, across(next), top);
    set(fall, { x1: across(next), x2: across(next), y1: top, y2: high(next) });
    set(lands, { cx: across(next), cy: high(next) });
    for (const it of [tangent, steep, fall, lands])
      it.style.display = out(now) || (out(next) && it !== tangent && it !== steep) ? "none" : "";
    mark(now, next, left, top);
    const seen = its.slice(-60).map((it) => [across(it), high(it)]);
    const places = seen.slice(0, -1).map(([cx, cy]) => drawn("circle", { cx, cy, r: 3 }));
    trail.replaceChildren(drawn("polyline", points(seen)), ...places);
    const kept = [...runsFrom(start)].map(([of, all]) => [of, all.map((it) => it.loss)]);
    runs.draw(kept, rate, taken);
    clear.disabled = !tried.size;
    set(first, { "aria-disabled": start === data.start });
    const lines = listed(tried, start, rate);
    tally.replaceChildren(made("b", {}, ...what), ...lines);

    put(factor, rate, String);
    put(steps, taken, 0);
    const values = [now.logit, now.p, now.loss, now.slope, rate * now.slope, next.logit, next.p, next.loss];
    cells.forEach((cell, i) => put(cell, values[i], shown[i].endsWith("loss") ? 3 : 2));
    const said = `logit ${rounded(now.logit)}, loss ${rounded(now.loss, 3)}, after ${taken} steps`;
    set(ball, { "aria-valuenow": now.logit.toFixed(2), "aria-valuetext": said });
  }

  // What the picture itself can't show: places beyond its edges, and steps shorter than the ball.
  function mark(now, next, left, top) {
    const it = out(now) ? now : next;
    const right = out(it) ? it.logit > reach[1] : next.logit > now.logit;
    const pointed = (text) => (right ? `${text} ▸` : `◂ ${text}`);
    const by = Math.abs(next.logit - now.logit);
    const beyond = `${out(now) ? "" : "next: "}${rounded(it.logit)}, loss ${rounded(it.loss)}`;
    const short = Math.abs(across(next) - left) < 16 && by >= 0.005;
    note.textContent = out(it) ? pointed(beyond) : short ? pointed(`next step ${rounded(by)}`) : "";
    const anchor = out(it) ? (right ? "end" : "start") : "middle";
    set(note, { x: out(it) ? across(it) : left, y: top < 40 ? top + 22 : top - 17, "text-anchor": anchor });
  }

  const say = (i) => `${rates[i]}`;
  const choice = { min: 0, max: rates.length - 1, value: rates.indexOf(rate), say };
  const home = rounded(data.start, Number.isInteger(data.start) ? 0 : 2);
  const first = button(`Start at ${home}`, () => begin(data.start));
  const clear = button("Clear the list", () => {
    tried = new Map();
    again();
  });
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      slider("learning rate", choice, (i) => {
        const back = taken ? "The ball is back at its start" : undefined;
        rate = rates[i];
        again(back);
      }),
      button("One step", () => walk(1)),
      button("Ten steps", () => walk(10)),
      button("Until it settles", () => walk(AT_MOST, settled)),
      button("Back to its start", () => again()),
      first,
    ),
    told,
    made(
      "div",
      { className: "row" },
      made("figure", {}, dragged, curve.svg),
      made("figure", {}, made("figcaption", {}, "The loss step by step (orange: this rate)"), runs.element),
    ),
    tally,
    clear,
    numbers.element,
  );
  again();
}

const STYLE = `
.slider { flex: 1 1 240px; }
.slider input { flex: 1; }
.told { min-height: 2.9em; }
@container (max-width: 560px) { .told { min-height: 4.4em; } }
.curve { fill: none; stroke: var(--key); stroke-width: 2.2; }
.tangent { stroke: currentColor; stroke-width: 1.3; stroke-dasharray: 5 3; }
.trail polyline { fill: none; stroke: var(--query); stroke-width: 1; opacity: 0.55; }
.trail circle { fill: var(--query); opacity: 0.55; }
.fall { stroke: var(--query); stroke-width: 1.3; stroke-dasharray: 2 3; }
.lands { fill: none; stroke: var(--query); stroke-width: 1.5; stroke-dasharray: 3 2; }
.ball .ring { fill: var(--query); stroke: var(--ground); stroke-width: 2; }
.ball.out { opacity: 0.45; }
@media (prefers-reduced-motion: no-preference) { .hops { transition: transform 0.25s ease-out; } }
.run { color: var(--soft); }
.run.query { color: var(--query); }
.run polyline { fill: none; stroke: currentColor; stroke-width: 1.2; }
.run.query polyline { stroke-width: 2.4; }
.run circle, .run text { fill: currentColor; }
.note { fill: var(--query); }
.run .here { fill: none; stroke: currentColor; stroke-width: 2; }
[aria-disabled="true"] { opacity: 0.45; cursor: default; }
.tally { margin-top: 12px; }
.tally p { margin: 2px 0; }
.tally span { display: inline-block; }
.tally p > span { margin-right: 14px; }
.tally .now > b { color: var(--query); }
th.right, td.right { width: 17%; }
.next { pointer-events: none; }
`;
