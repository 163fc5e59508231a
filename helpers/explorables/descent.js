// A ball on the curve of a loss over one logit: its steps go against the slope, as far as the
// learning rate says. Beside it the loss of each step, a line for each rate that was tried.
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

const STEPS = 40; // so much of a run the right side shows
const [CLOSE, SLOW] = [0.005, 0.02]; // above the lowest loss; of a step

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
  const arrived = (it) => it.loss - lowest.loss < CLOSE;
  const out = (it) => it.logit < reach[0] || it.logit > reach[1];
  const after = (it) => at(it.logit - rate * it.slope);

  let start = at(data.start);
  let rate = data.rate;
  let run = []; // the start, and where each step came to
  let tried = new Map(); // the run of each rate

  // The curve with the ball, and the losses step by step
  const range = (from, to, by) => Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
  const ys = [Math.floor(lowest.loss), Math.ceil(Math.max(...reach.map((it) => at(it).loss)) - 0.1)];
  const losses = { ys, yTicks: range(...ys, 1) };
  const names = [`logit of “${moves}”`, "mean loss (nats)"];
  const curve = chart({ xs: reach, xTicks: range(...reach, 2), ...losses, names });
  const runs = chart({ xs: [0, STEPS], xTicks: range(0, STEPS, 10), ...losses, names: ["step", names[1]] });
  const { x } = curve;
  const across = (it) => x(Math.min(reach[1], Math.max(reach[0], it.logit)));
  const high = (it) => curve.y(Math.min(ys[1], it.loss));
  const points = (places) => ({ points: places.map((xy) => xy.map((it) => it.toFixed(1))).join(" ") });
  const whole = range(0, 120, 1).map((i) => at(reach[0] + ((reach[1] - reach[0]) * i) / 120));
  const trail = drawn("g", { class: "trail" });
  const tangent = drawn("line", { class: "tangent" });
  const steep = drawn("text", { class: "label" });
  const step = arrow("next", 6);
  const fall = drawn("line", { class: "fall" });
  const lands = drawn("circle", { class: "lands", r: 7 });
  const ring = drawn("circle", { class: "ring", r: 9 });
  const ball = drawn("g", { class: "query ball" }, ring, drawn("circle", { class: "grip", r: 24 }));
  const line = drawn("polyline", { class: "curve", ...points(whole.map((it) => [across(it), high(it)])) });
  curve.front.append(line, trail, tangent, steep, fall, lands, ball, step.element);
  const label = `Where the ball starts, a logit of “${moves}”: move it with the arrow keys`;
  set(ball, { "aria-label": label, "aria-valuemin": reach[0], "aria-valuemax": reach[1] });
  set(curve.svg, { role: "group", "aria-label": `The loss as the logit of “${moves}” moves` });
  set(runs.svg, { role: "img", "aria-label": "The loss step by step, a line for each learning rate" });
  draggable(ball, curve.svg, {
    to: (sx) => begin(Math.round(curve.valueAt(sx) * 20) / 20),
    by: (right, up) => begin(Math.round((run.at(-1).logit + 0.1 * (right + up)) * 10) / 10),
  });

  // The numbers of the next step
  const shown = ["logit", "p", "loss", "slope", "step", "next-logit", "next-p", "next-loss"];
  const cells = shown.map((name) => number(name));
  const [factor, steps] = [number("rate"), number("steps")];
  const columns = [names[0], `p of “${moves}”`, "mean loss", `slope = p − ${goal[place]}`];
  const numbers = table({
    caption: ["The next step (so far: ", steps, ")"],
    columns: [[""], ...[...columns, [factor, " × slope"]].map((it) => [it, "right"])],
    rows: [
      ["now", ...cells.slice(0, 5)],
      ["next", ...cells.slice(5), "", ""],
    ],
  });
  const tally = made("p", { className: "tally" });

  function begin(logit) {
    start = at(Math.min(reach[1], Math.max(reach[0], logit)));
    tried = new Map();
    again();
  }

  function again() {
    for (const [its, run] of tried) if (run.length === 1) tried.delete(its); // the slider went past it
    run = [start];
    tried.set(rate, run);
    ball.classList.remove("hops");
    show();
    const next = after(start);
    const where = `a logit of ${rounded(start.logit)}, where the loss is ${rounded(start.loss, 3)}`;
    const goes = `With a learning rate of ${rate}, the next step goes to ${rounded(next.logit)}`;
    tell(`The ball is at ${where}. ${goes}${out(next) ? ", out of the picture" : ""}.`);
  }

  function walk(count) {
    const before = run.length - 1;
    for (let i = 0; i < count; i++) run.push(after(run.at(-1)));
    ball.classList.add("hops");
    show();
    tell(happened(run.slice(before), before));
  }

  // What steps did, in words; taken: from where they began, before: how many there were before.
  function happened(taken, before) {
    const [was, now] = [taken[0], taken.at(-1)];
    const [from, to] = [was, now].map((it) => rounded(it.loss, 3));
    const first = run.findIndex(arrived);
    const count = first === 1 ? "one step" : `${first} steps`;
    if (arrived(now)) return `The ball is at the bottom, with a loss of ${to}. It took ${count}.`;
    const which = taken.length === 2 ? `Step ${before + 1}` : `Steps ${before + 1} to ${run.length - 1}`;
    const far = `${which} threw the ball out of the picture, to a logit of ${rounded(now.logit)}`;
    if (out(now)) return `${far}. The loss there is ${to}; before, it was ${from}.`;
    const side = (it) => it.logit > lowest.logit;
    const jumps = taken.filter((it, i) => i && side(it) !== side(taken[i - 1])).length;
    const did = [" only crept", " jumped across the bottom", ` jumped across the bottom ${jumps} times`];
    const slow = Math.abs(was.loss - now.loss) < SLOW * (taken.length - 1);
    const how = jumps ? `${did[Math.min(jumps, 2)]}, and` : slow ? `${did[0]}:` : ":";
    const left = `The bottom is ${rounded(now.loss - lowest.loss, 3)} lower.`;
    if (from === to) return `${which}${how} the loss is ${to} as before. ${left}`;
    return `${which}${how} the loss ${from < to ? "climbed" : "fell"} from ${from} to ${to}. ${left}`;
  }

  function show() {
    const now = run.at(-1);
    const next = after(now);
    ball.style.transform = `translate(${across(now)}px, ${high(now)}px)`;
    ball.classList.toggle("out", out(now));
    const ends = [-1.3, 1.3].map((by) => [x(now.logit + by), curve.y(now.loss + now.slope * by)]);
    const [[x1, y1], [x2, y2]] = ends;
    const falls = now.slope < 0;
    set(tangent, { x1, y1, x2, y2 });
    set(steep, { x: falls ? x2 : x1, y: (falls ? y2 : y1) + 14, "text-anchor": falls ? "start" : "end" });
    steep.textContent = `slope ${rounded(now.slope)}`;
    step.to(across(now), high(now), across(next), high(now));
    set(fall, { x1: across(next), x2: across(next), y1: high(now), y2: high(next) });
    set(lands, { cx: across(next), cy: high(next) });
    for (const it of [tangent, steep, fall, lands])
      it.style.display = out(now) || (out(next) && it !== tangent && it !== steep) ? "none" : "";
    const seen = run.slice(-60).map((it) => [across(it), high(it)]);
    const places = seen.slice(0, -1).map(([cx, cy]) => drawn("circle", { cx, cy, r: 3 }));
    trail.replaceChildren(drawn("polyline", points(seen)), ...places);
    compare();

    put(factor, rate, String);
    put(steps, run.length - 1, 0);
    const values = [now.logit, now.p, now.loss, now.slope, rate * now.slope, next.logit, next.p, next.loss];
    cells.forEach((cell, i) => put(cell, values[i], shown[i].endsWith("loss") ? 3 : 2));
    const said = `logit ${rounded(now.logit)}, loss ${rounded(now.loss, 3)}`;
    set(ball, { "aria-valuenow": now.logit.toFixed(2), "aria-valuetext": said });
  }

  // The runs of all rates that were tried, and how many steps each took.
  function compare() {
    const order = [...tried].filter(([its, run]) => run.length > 1 || its === rate);
    order.sort(([a], [b]) => (b === rate) - (a === rate) || a - b);
    const labels = [];
    const lines = order.map(([its, run]) => {
      const drawnHere = run.slice(0, STEPS + 1).map((it, i) => [runs.x(i), runs.y(Math.min(ys[1], it.loss))]);
      const [endX, endY] = drawnHere.at(-1);
      const free = labels.every(([lx, ly]) => Math.abs(lx - endX) > 30 || Math.abs(ly - endY) > 20);
      if (free) labels.push([endX, endY]);
      return drawn(
        "g",
        { class: its === rate ? "run query" : "run" },
        drawn("polyline", points(drawnHere)),
        drawn("circle", { cx: endX, cy: endY, r: 3.5 }),
        drawn("text", { class: "label", x: endX + 6, y: endY - 5 }, free ? `${its}` : ""),
      );
    });
    runs.front.replaceChildren(...lines.reverse());

    const counts = order.filter(([, run]) => run.length > 1).sort(([a], [b]) => a - b);
    const words_ = counts.map(([its, run]) => {
      const first = run.findIndex(arrived);
      const count = number(first < 0 ? `tried-${its}` : `arrived-${its}`);
      put(count, first < 0 ? run.length - 1 : first, 0);
      return made("span", {}, made("b", {}, `${its}`), first < 0 ? ": not within " : ": ", count);
    });
    const listed = counts.length ? words_ : ["none tried yet"];
    tally.replaceChildren("Steps to the bottom, by learning rate: ", ...listed);
  }

  const say = (i) => `${rates[i]}`;
  const choice = { min: 0, max: rates.length - 1, value: rates.indexOf(rate), say };
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      slider("learning rate", choice, (i) => {
        rate = rates[i];
        again();
      }),
      button("One step", () => walk(1)),
      button("Ten steps", () => walk(10)),
      button("Back to the start", again),
    ),
    told,
    made(
      "div",
      { className: "row" },
      made("figure", {}, made("figcaption", {}, "The ball (drag it), and its next step"), curve.svg),
      made("figure", {}, made("figcaption", {}, "The loss step by step"), runs.svg),
    ),
    tally,
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
.tally span { display: inline-block; margin-right: 14px; }
th.right, td.right { width: 17%; }
.next { pointer-events: none; }
`;
