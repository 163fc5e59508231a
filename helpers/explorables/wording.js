// What steps on a curve came to, in words: whether they arrive at the bottom, creep, or jump across.
import { made, number, put, rounded } from "./common.js";

const CLOSE = 0.005; // so far above the lowest loss, as both are shown, is at the bottom
const SLOW = 0.85; // of what lies above the lowest is left by a step that creeps
const SAME = 0.0005; // places so close count as one

// A run is a list of places, each { logit, loss }; lowest: the bottom, out: whether a place is off.
export function wording(lowest, out) {
  const thousandths = (loss) => Math.round(1000 * loss);
  const most = thousandths(lowest.loss) + 1000 * CLOSE;
  const arrived = (it) => thousandths(it.loss) <= most;
  const above = (it) => it.loss - lowest.loss;
  const side = (it) => it.logit > lowest.logit;
  const jumps = (run) => run.filter((it, i) => i && side(it) !== side(run[i - 1])).length;
  const creeps = (was, now, steps) => above(now) > above(was) * SLOW ** steps;
  const repeats = (run) =>
    run.length > 2 && jumps(run.slice(-2)) > 0 && Math.abs(run.at(-1).logit - run.at(-3).logit) < SAME;

  // What the steps after the first `before` did, in a sentence or three.
  function happened(run, before) {
    const [was, now] = [run[before], run.at(-1)];
    const [from, to] = [was, now].map((it) => rounded(it.loss, 3));
    const all = run.length - 1;
    const count = all - before;
    const lies = `The lowest is ${rounded(lowest.loss, 3)}`;
    if (arrived(now)) {
      const first = run.findIndex(arrived);
      const took = first ? `It took ${first === 1 ? "one step" : `${first} steps`}` : "It began there";
      return `The loss is ${to}. ${lies}, and up to ${CLOSE} above it counts as the bottom. ${took}.`;
    }
    if (repeats(run)) {
      const [low, high] = [run.at(-2).logit, now.logit].sort((a, b) => a - b).map((it) => rounded(it));
      const same = `between the same two places, logits of ${low} and ${high}`;
      const other = rounded(run.at(-2).loss, 3);
      const there = other === to ? `The loss stays at ${to}` : `The loss is ${other} and ${to} in turn`;
      return `After ${all} steps the ball only jumps ${same}. ${there}. ${lies}.`;
    }
    const which = count === 1 ? `Step ${all}` : `Steps ${before + 1} to ${all}`;
    const far = `${which} threw the ball out of the picture, to a logit of ${rounded(now.logit)}`;
    if (out(now)) return `${far}. The loss there is ${to}; before, it was ${from}.`;
    const times = jumps(run.slice(before));
    const did = [" only crept", " jumped across the bottom", ` jumped across the bottom ${times} times`];
    const how = times ? `${did[Math.min(times, 2)]}, and` : creeps(was, now, count) ? `${did[0]}:` : ":";
    if (from === to) return `${which}${how} the loss is ${to} as before. ${lies}.`;
    return `${which}${how} the loss ${from < to ? "climbed" : "fell"} from ${from} to ${to}. ${lies}.`;
  }

  // A line for each start: its rates, and what came of each.
  function listed(tried, start, rate) {
    const lines = [...tried].map(([from, runs]) => {
      const entries = [...runs].sort(([a], [b]) => a - b);
      const mine = (its) => from === start && its === rate;
      return made(
        "p",
        {},
        `From ${rounded(from)}: `,
        ...entries.map(([its, run]) => entry(`${its}@${from}`, its, run, mine(its) ? "now" : "")),
      );
    });
    return lines.length ? lines : [made("p", {}, "none tried yet")];
  }

  function entry(name, its, run, className) {
    const counted = (what, value, digits) => {
      const element = number(`${what}-${name}`);
      put(element, value, digits);
      return element;
    };
    const first = run.findIndex(arrived);
    const steps = run.length - 1;
    const named = made("b", {}, `${its}`);
    if (first >= 0) return made("span", { className }, named, ": ", counted("arrived", first, 0));
    const last = run.slice(-2);
    const way = jumps(last) ? "jumps across" : creeps(...last, 1) ? "creeps" : "falls";
    const ends = repeats(run) ? "jumps between two places" : out(run.at(-1)) ? "is out of the picture" : way;
    const far = [counted("loss", run.at(-1).loss, 3), " after ", counted("tried", steps, 0)];
    far.push(steps === 1 ? " step" : " steps");
    return made("span", { className }, named, `: ${ends}, `, ...far);
  }

  return { settled: (run) => arrived(run.at(-1)) || repeats(run), enough: most / 1000, happened, listed };
}
