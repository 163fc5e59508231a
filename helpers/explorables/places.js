// A number's place: where it goes when a table is cut into heads, and when it comes back.
import { made, number, put, radios, set, teller } from "./common.js";

// A form that a table takes: `tables` of `rows` by `columns`, their cells in the order of the numbers.
function form(caption, [tables, rows, columns], title, row, cell = () => made("div")) {
  const cells = Array.from({ length: tables * rows * columns }, (_, i) => cell(i));
  const blocks = Array.from({ length: tables }, (_, i) => {
    const lines = Array.from({ length: rows }, (_, j) => {
      const first = (i * rows + j) * columns;
      return [made("span", { className: "soft" }, row(j)), ...cells.slice(first, first + columns)];
    });
    const grid = made("div", { className: "grid" }, ...lines.flat());
    grid.style.gridTemplateColumns = `max-content repeat(${columns}, 1fr)`;
    return made("div", { className: "block" }, made("p", { className: "soft" }, title(i)), grid);
  });
  const index = made("p", { className: "index" });
  const name = made("span");
  const heading = made("figcaption", {}, caption, name);
  const all = made("div", { className: "blocks" }, ...blocks);
  return { figure: made("figure", {}, heading, index, all), all, name, index, cells };
}

export function render({ data, el }) {
  const { tokens, ways } = data;
  const [n_heads, n, d_head] = data.shape;
  const d_model = n_heads * d_head;
  const flat = data.asks[0] * d_model + data.asks[1];
  const chosen = { number: flat, there: "split", back: "merge" };
  const [told, tell] = teller();
  const [came, strange] = [number("home"), number("strange")];
  const all = n * d_model;
  const token = (i) => tokens[i];
  const owner = (number) => Math.floor(number / d_model);
  const words = (names) => `(${names.join(", ")})`;

  // The table, whose numbers are chosen by radio buttons, and the forms that it takes
  const every = Array.from({ length: n * d_model }, (_, i) => i);
  const choice = radios("", { ...every.map(() => "") }, `${flat}`, (number) => choose({ number: +number }));
  const labels = [...choice.querySelectorAll("label")];
  const inputs = labels.map((label, i) =>
    set(label.firstChild, { "aria-label": `${token(owner(i))}, feature ${i % d_model}` }),
  );
  const x = form("1. ", [1, n, d_model], () => "a row for each token", token, (i) => labels[i]);
  const cut = form("2. ", [n, n_heads, d_head], (i) => `token ${i}, “${token(i)}”`, (h) => `head ${h}`);
  const heads = form("3. ", [n_heads, n, d_head], (h) => `head ${h} takes these rows for`, token);
  const back = form("4. ", [1, n, d_model], () => "the rows of the result belong to", token);
  choice.append(x.all);
  x.figure.append(choice);

  // What lies in memory: one number after the other
  const strip = every.map((i) => made("span", { className: `place of${owner(i)}` }, `${i}`));
  const runs = tokens.map((name, i) =>
    made(
      "div",
      {},
      made("div", { className: "run" }, ...strip.slice(i * d_model, (i + 1) * d_model)),
      made("span", { className: "soft" }, name),
    ),
  );
  const memory = made("figcaption");
  const copy = every.map(() => made("span"));
  const copied_ = made(
    "figure",
    {},
    made("figcaption", {}, "Table 4 in memory: a copy, in its own order"),
    made("div", { className: "memory", ariaHidden: "true" }, made("div", { className: "run" }, ...copy)),
  );

  // [2, 1, 1]: the numbers of an index, each with a name of its own
  function index(name, position, shape) {
    const its = [];
    for (const size of shape.toReversed()) {
      its.unshift(position % size);
      position = Math.floor(position / size);
    }
    return its.map((value, i) => {
      const shown = number(`${name}-${i}`);
      put(shown, value, 0);
      return shown;
    });
  }

  function written(name, numbers) {
    return [`${name}[`, ...numbers.flatMap((it, i) => (i ? [", ", it] : [it])), "]"];
  }

  function at(name, place, where = "in memory") {
    const shown = number(`${name}-place`);
    put(shown, place, 0);
    return made("span", { className: "soft" }, ` ${where} at place `, shown);
  }

  // order: which number stands in each cell; row: whose row that is taken for
  function fill({ cells }, order, row) {
    cells.forEach((cell, i) => {
      const number = order[i];
      const inside = cell.querySelector("input + span") ?? cell;
      inside.replaceChildren(made("span", {}, token(owner(number))), ` ${number % d_model}`);
      inside.className = `cell of${owner(number)}`;
      inside.classList.toggle("strange", row(i) !== owner(number));
      inside.classList.toggle("chosen", number === chosen.number);
      inside.dataset.number = number;
    });
  }

  function choose(what) {
    Object.assign(chosen, what);
    const { number: its, there, back: way } = chosen;
    const { heads: order, back: end, copied } = ways[`${there} ${way}`];
    const [inHeads, atEnd] = [order.indexOf(its), end.indexOf(its)];
    const [whose, feature] = [owner(its), its % d_model];
    const [split, merged] = [there === "split", way === "merge"];
    inputs[its].checked = true;

    x.name.textContent = `x, ${words([n, d_model])}`;
    x.index.replaceChildren(...written("x", index("x", its, [n, d_model])), at("x", its));
    fill(x, every, owner);
    cut.name.textContent = split ? `each row cut up, ${words([n, n_heads, d_head])}` : "no cut this way";
    cut.figure.classList.toggle("skipped", !split);
    const second = written("", index("cut", its, [n, n_heads, d_head]));
    cut.index.replaceChildren(...(split ? [...second, at("cut", its)] : ["from 1 straight to 3"]));
    fill(cut, every, owner);
    heads.name.textContent = `${split ? "heads to the front" : "reshaped straight"}, ${words(data.shape)}`;
    heads.index.replaceChildren(...written("", index("heads", inHeads, data.shape)), at("heads", its));
    const row = (position) => Math.floor(position / d_head) % n;
    fill(heads, order, row);
    const head = Math.floor(inHeads / (n * d_head));
    const done = merged ? "tokens first, then joined" : "reshaped straight";
    back.name.textContent = `${done}, ${words([n, d_model])}`;
    back.index.replaceChildren(
      ...written("", index("back", atEnd, [n, d_model])),
      copied ? at("copy", atEnd, "in the copy") : at("back", its),
    );
    fill(back, end, owner);

    const count = (test) => every.filter(test).length;
    put(came, count((i) => end[i] === i), 0);
    put(strange, count((i) => owner(order[i]) !== row(i)), 0);

    strip.forEach((place, i) => place.classList.toggle("chosen", i === its));
    copied_.classList.toggle("absent", !copied);
    copy.forEach((place, i) => {
      place.textContent = i;
      place.className = `place of${owner(end[i])}`;
      place.classList.toggle("chosen", end[i] === its);
    });
    const result = copied ? "Only table 4 is copied" : "Nothing has been moved there";
    memory.textContent = `x in memory: ${n * d_model} places, one after the other. ${result}.`;
    const there_ =
      row(inHeads) === whose
        ? `Head ${head} has it in the row of “${token(whose)}”, where it belongs`
        : `Head ${head} takes it for a number of “${token(row(inHeads))}”`;
    const home =
      atEnd === its
        ? "it comes back to where it was"
        : owner(atEnd) === whose
          ? "it comes back to its row, in another column"
          : `at the end it stands in the row of “${token(owner(atEnd))}”`;
    tell(`x[${whose}, ${feature}] is feature ${feature} of “${token(whose)}”. ${there_}, and ${home}.`);
  }

  choice.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -d_model, ArrowDown: d_model }[event.key];
    if (!step) return;
    event.preventDefault(); // one row, where a browser would go one number
    const next = chosen.number + step;
    if (next in inputs) {
      inputs[next].focus();
      choose({ number: next });
    }
  });
  const ways_ = (name, kind, key, two) => {
    const words = { [two]: `${kind}: two steps`, straight: `${kind}: one reshape` };
    return radios(name, words, chosen[key], (way) => choose({ [key]: way }));
  };
  const hint = "Click or tap any number, or walk through table 1 with the arrow keys. ";
  const rows = ` of ${all} stand in another token's row.`;
  const striped = "A striped one stands in the row of another token.";
  const tables = made("div", { className: "forms" }, x.figure, cut.figure, heads.figure, back.figure);
  tables.addEventListener("click", (event) => {
    const its = event.composedPath()[0].closest?.("[data-number]");
    if (its) choose({ number: +its.dataset.number });
  });
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      ways_("the way there", "into heads", "there", "split"),
      ways_("the way back", "back", "back", "merge"),
    ),
    made("p", { className: "verdict" }, came, ` of ${all} numbers come home. In the heads, `, strange, rows),
    told,
    made("p", { className: "soft" }, hint + striped),
    tables,
    made("figure", {}, memory, made("div", { className: "memory", ariaHidden: "true" }, ...runs)),
    copied_,
  );
  choose({});
}

const STYLE = `
.told { min-height: 2.9em; } /* else what is pointed at would move away */
.controls { flex-direction: column; align-items: start; }
.controls fieldset { display: grid; grid-template-columns: 1fr 1fr; width: min(100%, 420px); }
.controls legend { position: absolute; clip-path: inset(50%); } /* each button says it, too */
.controls .radios label > span { padding-left: 4px; padding-right: 4px; text-align: center; }
.verdict { margin: 0; min-height: 1.45em; font-weight: 600; }
.forms { display: grid; grid-template-columns: 1fr 1fr; gap: 10px 26px; }
@container (max-width: 560px) {
  .forms { grid-template-columns: 1fr; }
  .told { min-height: 4.8em; }
  .verdict { min-height: 2.9em; }
  .controls { font-size: 12px; white-space: nowrap; }
}
.index { margin: 0 0 2px; font-size: 16px; font-weight: 600; }
.index .soft { font-size: 13px; font-weight: 400; }
.blocks { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
.blocks { gap: 4px 14px; width: 100%; }
.block p { margin: 0; font-size: 12px; }
.forms .grid { display: grid; gap: 2px; align-items: stretch; font-size: 11.5px; }
.forms .grid > .soft { margin: 0; padding: 0 3px 0 0; border: 0; align-self: center; text-align: right; }
.forms legend { display: none; }
.forms fieldset { display: block; }
.forms label { display: block; }
.forms .cell { min-height: 32px; margin: 0; padding: 2px 0; border: 1px solid var(--line); }
.forms .cell > span { display: block; padding: 0; border: 0; }
.forms .cell { text-align: center; line-height: 1.15; white-space: nowrap; }
.forms .cell, .place { border-radius: 3px !important; color: var(--ink); }
.forms .cell { cursor: pointer; }
.forms .radios .cell, .cell, .place { background-color: color-mix(in srgb, var(--own) 34%, transparent); }
.forms .radios .cell { font-weight: 400; }
.forms .chosen, .place.chosen { outline: 3px solid var(--ink); outline-offset: -2px; }
.strange { background-image: repeating-linear-gradient(120deg, var(--stripe) 0 2px, #0000 2px 9px); }
.forms .strange { border: 2px dashed var(--ink); padding: 1px 0; }
.absent { visibility: hidden; }
.radios :focus-visible + .cell { outline: 4px solid var(--focus); }
.skipped .blocks { visibility: hidden; }
.memory { display: flex; gap: 6px; text-align: center; font-size: 12px; }
.memory > div { flex: 1; }
.run { display: flex; gap: 1px; }
.place { flex: 1; padding: 3px 0; font-size: 11px; }
:host { --stripe: rgb(0 0 0 / 0.16); }
:host([data-dark]) { --stripe: rgb(255 255 255 / 0.16); }
.of0 { --own: #0072b2; } .of1 { --own: #e69f00; } .of2 { --own: #009e73; }
.of3 { --own: #cc79a7; } .of4 { --own: #f0e442; } .of5 { --own: #56b4e9; }
`;
