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
  slider,
  table,
  teller,
} from "./common.js";
import { generator, sample } from "./austen/sampling.js";

const AT_ONCE = 20; // draws
const WHOLE = 100000; // the shares come in parts of it
const add = (a, b) => a + b;
const counted = (n) => n.toLocaleString("en");
const visible = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "↵");

export function render({ data, el }) {
  const { seed, vocab_size, temperatures, top_ps, top_ks, ranks, rows, prompts } = data;
  const texts = prompts.map(({ text }) => text);
  const chosen = { prompt: 0, heat: temperatures.indexOf(1), p: top_ps.indexOf(0.9), k: top_ks.length };
  const [told, tell] = teller();
  let [luck, whim, draws] = [null, null, []];

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
  const caption = made("span");
  const dials = table({
    caption,
    columns: [["the next token"], ["before the cuts"], ["after the cuts"], ["draws", "right"]],
    rows: cells.map(({ token, like, before, after, draws, had, has }) => [
      [token, like],
      made("span", { className: "withbar" }, before, had.element),
      made("span", { className: "withbar" }, after, has.element),
      draws,
    ]),
    foot: [["left: ", left, ` of ${counted(vocab_size)}`], together, "1.000", total],
  });
  const tokensDrawn = made("p", { className: "drew" });

  // How many tokens are left, how much they had together, and which cut was the closer one.
  function cut() {
    const { size, share, sums } = prompts[chosen.prompt];
    const n = size[chosen.heat][chosen.p];
    const k = top_ks[chosen.k] ?? vocab_size;
    const byP = n <= k;
    const all = n === vocab_size && byP;
    return {
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
      const some = kept > 0 && kept < to - from ? `${counted(kept)} left of these: ` : "";
      cell.token.classList.toggle("group", !one);
      cell.token.textContent = one ? visible(tokens[from]) : `tokens ${counted(from + 1)} to ${counted(to)}`;
      const few = () => examples[i - tokens.length].slice(0, 3).map(([, token]) => visible(token));
      cell.like.textContent = one ? "" : `${some}${few().join(" ")} …`;
      put(cell.before, before, 3);
      put(cell.after, after, 3);
      put(cell.draws, draws.filter((it) => it.row === i).length, 0);
      cell.had.to(before);
      cell.has.to(after);
      dials.lines[i].classList.toggle("out", kept === 0);
    });
    put(left, now.n, grouped);
    put(together, now.had, 3);
    put(total, draws.length, 0);
    tokensDrawn.replaceChildren(...(draws.length ? [`Drawn after “${text}”: `, ...names()] : []));
    return now;
  }

  // The last tokens that were drawn, each with how often where it is more than once.
  function names() {
    const times = new Map();
    for (const { token } of draws.slice(-AT_ONCE)) times.set(token, (times.get(token) ?? 0) + 1);
    return [...times].flatMap(([token, n]) => [
      made("span", { className: "token" }, visible(token)),
      n > 1 ? ` ${n} times, ` : " ",
    ]);
  }

  function said({ n, had, by }) {
    if (!by) return `Nothing is cut: all ${counted(n)} tokens may come.`;
    if (by === "temperature") return "At a temperature of 0 the likeliest token gets everything.";
    const who = by === "top-p" ? "Top-p cuts" : "Top-k cuts";
    if (n === 1) return `${who}: a single token is left. It had ${rounded(had, 3)}.`;
    const scaled = `They had ${rounded(had, 3)} together, and each share is divided by that.`;
    return `${who}: ${counted(n)} of ${counted(vocab_size)} tokens are left. ${scaled}`;
  }

  function choose(what) {
    Object.assign(chosen, what);
    [luck, whim, draws] = [generator(seed), generator(seed + 1), []];
    tell(said(show()));
  }

  function draw() {
    const { tokens, examples } = prompts[chosen.prompt];
    const { n } = cut();
    const after = shares(cut()).map((row) => row.after);
    for (let i = 0; i < AT_ONCE; i++) {
      const row = sample(after, luck);
      const here = row < tokens.length ? [] : examples[row - tokens.length].filter(([rank]) => rank <= n);
      const token = here.length ? here[Math.floor(whim() * here.length)][1] : tokens[row];
      draws.push({ row, token });
    }
    show();
    const single = draws.filter(({ row }) => row < tokens.length).length;
    const others = draws.length - single;
    tell(`${draws.length} draws. The ${tokens.length} likeliest tokens: ${single}. Others: ${others}.`);
  }

  const dial = (name, values, at, say, change) =>
    slider(name, { min: 0, max: values - 1, value: at, say }, change);
  const off = (value) => (value === undefined || value === 1 ? "off" : counted(value));
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      radios("after", texts, texts[0], (text) => choose({ prompt: texts.indexOf(text) })),
      dial("temperature", temperatures.length, chosen.heat, (i) => rounded(temperatures[i], 1), (heat) =>
        choose({ heat }),
      ),
      dial("top-p", top_ps.length, chosen.p, (i) => off(top_ps[i]), (p) => choose({ p })),
      dial("top-k", top_ks.length + 1, chosen.k, (i) => off(top_ks[i]), (k) => choose({ k })),
      button(`Draw ${AT_ONCE}`, draw),
    ),
    told,
    dials.element,
    tokensDrawn,
  );
  choose({});
}

const STYLE = `
table { table-layout: fixed; }
th:first-child { width: 34%; overflow-wrap: anywhere; }
td.right, th.right { width: 4em; padding-right: 4px; }
td, tbody th, tfoot th { height: 30px; }
.withbar { grid-template-columns: 2.9em 1fr; min-width: 0; }
.token { font-family: var(--jp-code-font-family, ui-monospace, monospace); }
.group { font-family: inherit; }
.like { display: block; color: var(--soft); font-weight: 400; font-size: 12px; line-height: 1.3; }
.had .fill { background: var(--soft); }
.out { color: var(--soft); }
.out .like { color: inherit; }
.out .token { text-decoration: line-through; font-weight: 400; }
.out .had .fill { opacity: 0.45; }
.drew { min-height: 4.4em; margin: 6px 0 0; color: var(--soft); }
.drew .token { padding: 0 4px; border-radius: 3px; background: var(--faint); color: var(--ink); }
`;
