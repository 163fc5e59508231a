// Which tokens are left: the temperature acts, then top-p, then top-k, over what a model gave
// after a beginning. The likeliest tokens have a row each, the others share one with their like.
import {
  bar,
  button,
  grouped,
  made,
  number,
  put,
  radios,
  rounded,
  set,
  slider,
  table,
  teller,
} from "./common.js";
import { generator, sample } from "./austen/sampling.js";

const AT_ONCE = 20; // draws
const NONE = "No draws yet. (Each reader draws the same ones: they are seeded.)";
const WHOLE = 100000; // the shares come in parts of it
const add = (a, b) => a + b;
const counted = (n) => n.toLocaleString("en");
const visible = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "↵");

export function render({ data, el }) {
  const { seed, vocab_size, temperatures, top_ps, top_ks, ranks, rows, prompts } = data;
  const texts = prompts.map(({ text }) => text);
  const chosen = { prompt: 0, heat: temperatures.indexOf(1), p: top_ps.indexOf(0.9), k: top_ks.length };
  const [told, tell] = teller();
  const [drew, tellDraws] = teller();
  let [luck, draws] = [null, []]; // of each draw its row

  const cells = rows.map((_, i) => ({
    token: made("span", { className: "token" }),
    like: made("span", { className: "like" }),
    before: number(`before-${i}`),
    after: number(`after-${i}`),
    draws: number(`draws-${i}`),
    had: bar("had"),
    has: bar(),
  }));
  const [left, together, total] = [number("left"), number("together"), number("draws")];
  const roughly = made("span");
  const caption = made("span");
  const dials = table({
    caption,
    columns: [["next token, or ranks"], ["before the cuts"], ["after the cuts"], ["draws", "right"]],
    rows: cells.map(({ token, like, before, after, draws, had, has }) => [
      [token, like],
      made("span", { className: "withbar" }, before, had.element),
      made("span", { className: "withbar" }, after, has.element),
      draws,
    ]),
    foot: [["left: ", roughly, left, ` of ${counted(vocab_size)}`], [together, " is left"], "1.000", total],
  });

  // How many tokens are left, how much they had together, and which cut was the closer one.
  function cut() {
    const { size, share, sums } = prompts[chosen.prompt];
    const n = size[chosen.heat][chosen.p];
    const k = top_ks[chosen.k] ?? vocab_size;
    const byP = n <= k;
    const all = n === vocab_size && byP;
    return {
      about: byP && !all && n >= 100 ? "about " : "", // such counts are given to the nearest ten
      n: byP ? n : k,
      had: (byP ? share[chosen.heat][chosen.p] : sums[chosen.heat][ranks.indexOf(k)]) / WHOLE,
      by: all ? "" : temperatures[chosen.heat] === 0 ? "temperature" : byP ? "top-p" : "top-k",
    };
  }

  // Of each row: its share before and after, and how many of its tokens are left.
  function shares({ n, had }) {
    const sums = prompts[chosen.prompt].sums[chosen.heat];
    const upTo = (rank) => (rank ? sums[ranks.indexOf(rank)] / WHOLE : 0);
    return rows.map(([from, to]) => ({
      before: upTo(to) - upTo(from),
      after: n <= from ? 0 : Math.max(0, ((n < to ? had : upTo(to)) - upTo(from)) / had),
      kept: Math.min(Math.max(n - from, 0), to - from),
    }));
  }

  function show() {
    const { text, tokens, examples } = prompts[chosen.prompt];
    const now = cut();
    caption.textContent = `“${text} …”, at a temperature of ${rounded(temperatures[chosen.heat], 1)}`;
    shares(now).forEach(({ before, after, kept }, i) => {
      const [from, to] = rows[i];
      const cell = cells[i];
      const one = to === from + 1;
      const some = kept > 0 && kept < to - from;
      cell.token.classList.toggle("group", !one);
      cell.token.textContent = one ? visible(tokens[from]) : `${counted(from + 1)} to ${counted(to)}`;
      const here = one ? [] : examples[i - tokens.length].filter(([rank]) => !some || rank <= now.n);
      const few = here.slice(0, 3).map(([, token]) => visible(token));
      const more = few.length < (some ? kept : to - from) ? " …" : "";
      const its = some ? `${now.about}${counted(kept)} left: ` : "";
      cell.like.textContent = one ? "" : `${its}${few.join(" ")}${more}`;
      put(cell.before, before, 3);
      put(cell.after, after, 3);
      put(cell.draws, draws.filter((row) => row === i).length, 0);
      cell.had.to(before);
      cell.has.to(after);
      dials.lines[i].classList.toggle("out", kept === 0);
    });
    roughly.textContent = now.about;
    put(left, now.n, grouped);
    put(together, now.had, 3);
    put(total, draws.length, 0);
    return now;
  }

  // What was drawn: each token that has a row, with how often, and of the shared rows the number.
  function drawn() {
    const { tokens } = prompts[chosen.prompt];
    const often = tokens
      .map((token, i) => [visible(token), draws.filter((row) => row === i).length])
      .filter(([, n]) => n)
      .map(([token, n]) => `${token} × ${n}`);
    const single = draws.filter((row) => row < tokens.length).length;
    const named = often.length ? ` (${often.join(", ")})` : "";
    const others = draws.length - single;
    const likely = `${single} went to the ${tokens.length} likeliest tokens${named}`;
    return `${draws.length} draws: ${likely}, ${others} to shared rows.`;
  }

  function said({ n, about, had, by }) {
    if (!by) return `Nothing is cut: all ${counted(n)} tokens may come.`;
    if (by === "temperature") return "At a temperature of 0 the likeliest token gets everything.";
    const who = by === "top-p" ? "Top-p cuts" : "Top-k cuts";
    if (n === 1) return `${who}: a single token is left. It had ${rounded(had, 3)}.`;
    const scaled = `They had ${rounded(had, 3)} together, and each share is divided by that.`;
    return `${who}: ${about}${counted(n)} of ${counted(vocab_size)} tokens are left. ${scaled}`;
  }

  function choose(what) {
    Object.assign(chosen, what);
    [luck, draws] = [generator(seed), []];
    tell(said(show()));
    tellDraws(NONE);
  }

  function draw() {
    const after = shares(cut()).map((row) => row.after);
    for (let i = 0; i < AT_ONCE; i++) draws.push(sample(after, luck));
    show();
    tellDraws(drawn());
  }

  // A dial with its stops below it, since they are not evenly far apart; named are those at `ticks`.
  function dial(name, values, at, say, change, ticks = values.map((_, i) => i)) {
    const last = values.length - 1;
    const stops = ticks.map((i) => {
      const stop = made("span", {}, say(i).replace(/,?000$/, "k"));
      stop.style.left = `calc(8px + (100% - 16px) * ${i / last})`; // where the thumb stands
      return stop;
    });
    const line = slider(name, { min: 0, max: last, value: at, say }, change);
    line.append(set(made("span", { className: "stops" }, ...stops), { "aria-hidden": "true" }));
    return line;
  }

  const byP = (i) => (top_ps[i] === 1 ? "off" : `${top_ps[i]}`);
  const heat = (i) => rounded(temperatures[i], 1);
  const tenths = temperatures.map((_, i) => i).filter((i) => i % 5 === 0);
  const byK = (i) => (i < top_ks.length ? counted(top_ks[i]) : "off");
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      radios("after", texts, texts[0], (text) => choose({ prompt: texts.indexOf(text) })),
    ),
    made(
      "div",
      { className: "dials" },
      dial("temperature", temperatures, chosen.heat, heat, (heat) => choose({ heat }), tenths),
      dial("top-p", top_ps, chosen.p, byP, (p) => choose({ p })),
      dial("top-k", [...top_ks, null], chosen.k, byK, (k) => choose({ k })),
    ),
    told,
    made("div", { className: "drawing" }, button(`Draw ${AT_ONCE}`, draw), drew),
    dials.element,
  );
  choose({});
}

const STYLE = `
table { table-layout: fixed; }
th:first-child { width: 36%; }
td.right, th.right { width: 4em; padding-right: 4px; }
td, tbody th, tfoot th { height: 24px; padding-top: 0; padding-bottom: 0; }
tbody th { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.withbar { grid-template-columns: 2.9em 1fr; min-width: 0; }
.token { font-family: var(--jp-code-font-family, ui-monospace, monospace); }
.group { font-family: inherit; }
.like { color: var(--soft); font-weight: 400; font-size: 12px; margin-left: 7px; }
.had .fill { background: var(--soft); }
.out { color: var(--soft); }
.out .like { color: inherit; }
.out .token { text-decoration: line-through; font-weight: 400; }
.out .had .fill { opacity: 0.45; }
.dials { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px 22px; }
.slider { display: grid; grid-template-columns: 40px auto 1fr 40px; gap: 0 8px; }
.slider output { text-align: right; }
.slider .stops { grid-area: 3 / 1 / 4 / 5; position: relative; height: 14px; font-size: 11px; }
@media (pointer: coarse) { .slider .stops { grid-column: 2 / 4; } }
.stops span { position: absolute; transform: translateX(-50%); }
.like:not(:empty)::before { content: "· "; }
.told { min-height: 2.9em; margin: 6px 0 0; }
.drawing { display: grid; grid-template-columns: auto 1fr; gap: 4px 12px; align-items: start; margin: 4px 0; }
.drawing .told { margin: 0; min-height: 2.9em; }
@container (max-width: 560px) {
  .dials { grid-template-columns: 1fr; }
  td, tbody th, tfoot th { height: 22px; }
  .group { display: block; font-size: 12px; }
  .like { display: block; margin: 0; overflow: hidden; text-overflow: ellipsis; }
  .like:not(:empty)::before { content: none; }
  .told { min-height: 4.4em; }
  .drawing { grid-template-columns: 1fr; justify-items: start; }
  .drawing .told { min-height: 4.4em; }
}
`;
