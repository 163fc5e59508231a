// Where each head of a trained model looks: all heads as small maps, one of them word by word.
import { checkbox, drawn, made, number, put, radios, set, slider, teller } from "./common.js";
import { headmap } from "./headmap.js";

const HIGH = 26; // of a word in the lists
// Whole percents, a character each, as heads.py writes them.
const read = (text) => [...text].map((it) => it.charCodeAt(0)).map((it) => it - (it < 127 ? 35 : 100));

export function render({ data, el }) {
  const { tokens, shape } = data;
  const [n_layers, n_heads] = shape;
  const n = tokens.length;
  const weights = read(data.weights);
  const rest = read(data.rest);
  const means = read(data.means);
  const chosen = { layer: data.layer, head: data.head, row: data.asks, out: false, key: -1 };
  const [told, tell] = teller();
  const again = (i) => tokens.indexOf(tokens[i]) !== tokens.lastIndexOf(tokens[i]);
  const quoted = (i) => `“${tokens[i]}”${again(i) ? ` (token ${i})` : ""}`;
  const word = (i) => made("bdi", {}, tokens[i], again(i) ? made("small", {}, ` ${i}`) : "");
  const special = (i) => i === 0 || i === n - 1; // [CLS] and [SEP]

  // A row of a head: whole percents; null for what is left out
  function percents(layer, head, row) {
    const i = layer * n_heads + head;
    if (!chosen.out) return weights.slice((i * n + row) * n).slice(0, n);
    if (special(row)) return tokens.map(() => null);
    const m = n - 2;
    return [null, ...rest.slice((i * m + row - 1) * m).slice(0, m), null];
  }

  // All heads
  const under = made("span", {}, "choose one");
  const maps = Array.from({ length: n_layers * n_heads }, (_, i) => {
    const [layer, head] = [Math.floor(i / n_heads), i % n_heads];
    const title = `layer ${layer}, head ${head}`;
    const canvas = made("canvas", { width: n, height: n, title });
    canvas.addEventListener("pointerenter", () => (under.textContent = title));
    canvas.addEventListener("click", () => {
      slide(layers, layer);
      slide(heads, head);
    });
    return canvas;
  });
  const named = (text) => made("span", { className: "soft" }, text);
  const all = made("div", { className: "all" }, named(""));
  all.addEventListener("pointerleave", () => (under.textContent = "choose one"));
  all.append(...Array.from({ length: n_heads }, (_, head) => named(head)));
  maps.forEach((map, i) => all.append(...(i % n_heads ? [map] : [named(i / n_heads), map])));
  set(all, { "aria-hidden": "true" }).style.gridTemplateColumns = `1em repeat(${n_heads}, 1fr)`;

  // The lists of words, and lines between them
  const from = radios("this word", { ...tokens.map((_, i) => word(i)) }, `${chosen.row}`, (row) =>
    choose({ row: +row, key: -1 }),
  );
  const marks = [...from.querySelectorAll("input")];
  const lines = tokens.map(() => drawn("path", { "vector-effect": "non-scaling-stroke" }));
  const high = n * HIGH;
  const stretched = { viewBox: `0 0 100 ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" };
  const between = drawn("svg", stretched, ...lines);
  between.style.height = `${high}px`;
  const numbers = tokens.map((_, key) => number(`key-${key}`));
  const cells = tokens.map(() => made("b"));
  const keys = tokens.map((_, key) => made("div", {}, word(key), cells[key]));
  const to = made("div", { className: "to" }, made("p", { className: "soft" }, "looks at (%)"), ...keys);
  keys.forEach((it, key) => it.addEventListener("click", () => choose({ key })));
  const [its_layer, its_head, its_row] = ["layer", "head", "query"].map((name) => number(name));
  const who = made("span");
  const [own, before, after, at_cell] = ["own", "before", "after", "cell"].map((name) => number(name));
  const pointed = made("p", { className: "pointed" });

  const labels = tokens.map((token, i) => `${token}${again(i) ? ` ${i}` : ""}`);
  const map = headmap(labels, { choose: look, over });

  function look(row, key) {
    if (marks[row].disabled) return;
    marks[row].checked = true;
    choose({ row, key });
  }

  function slide(its, value) {
    const input = its.querySelector("input");
    input.value = value;
    input.dispatchEvent(new Event("input"));
  }

  function paint(canvas, i) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(n, n);
    for (let row = 0; row < n; row++) {
      percents(Math.floor(i / n_heads), i % n_heads, row).forEach((share, key) => {
        const [red, green, blue] = row === key ? [200, 80, 0] : [0, 80, 140];
        const colour = share === null ? [128, 128, 128, 90] : [red, green, blue, 2.55 * share];
        pixels.data.set(colour, 4 * (row * n + key));
      });
    }
    context.putImageData(pixels, 0, 0);
  }

  function choose(what) {
    Object.assign(chosen, what);
    if ("out" in what) {
      maps.forEach(paint);
      marks.forEach((it, i) => (it.disabled = chosen.out && special(i)));
      if (marks[chosen.row].disabled) return look(data.asks, -1);
    }
    show();
  }

  // The number of the cell under the mouse, or else of the one chosen.
  function over(row = chosen.row, key = chosen.key) {
    const share = key < 0 ? null : percents(chosen.layer, chosen.head, row)[key];
    if (share !== null) put(at_cell, share, 0);
    const gets = [quoted(key), " gets ", at_cell, " % from ", quoted(row)];
    const what = share === null ? [quoted(special(key) ? key : row), " is left out"] : gets;
    pointed.replaceChildren(...(key < 0 ? ["Orange: what a token gives to itself."] : what));
  }

  function show() {
    const { layer, head, row, out } = chosen;
    const shares = percents(layer, head, row);
    const best = Math.max(...shares);
    put(its_layer, layer, 0);
    put(its_head, head, 0);
    put(its_row, row, 0);
    who.textContent = `, “${tokens[row]}”`;
    maps.forEach((it, i) => it.classList.toggle("chosen", i === layer * n_heads + head));
    const middle = (i) => (i + 0.5) * HIGH;
    shares.forEach((share, key) => {
      if (share !== null) put(numbers[key], share, 0);
      cells[key].replaceChildren(...(share === null ? ["left out"] : [numbers[key], " %"]));
      const kind = share === null ? "out" : share === best ? "most" : share ? "" : "none";
      keys[key].className = key === chosen.key ? `${kind} here` : kind;
      const [a, b] = [middle(row), middle(key)];
      lines[key].setAttribute("class", key === row ? "own" : "");
      set(lines[key], { d: `M 0 ${a} C 50 ${a} 50 ${b} 100 ${b}`, "stroke-width": 0.5 + 0.13 * share });
      lines[key].style.display = share ? "" : "none";
    });
    map.paint(
      tokens.map((_, i) => percents(layer, head, i)),
      row,
      chosen.key,
    );
    over();
    const mean = 3 * (layer * n_heads + head) + (out ? means.length / 2 : 0);
    [own, before, after].forEach((it, i) => put(it, means[mean + i], 0));
    const order = shares.map((share, key) => [share, key]).sort((a, b) => b[0] - a[0]);
    const most = order.slice(0, 3).filter(([share]) => share);
    const whole = weights.slice(((layer * n_heads + head) * n + row) * n);
    const [cls, sep] = [whole[0], whole[n - 1]].map((it) => `${it} %`);
    const parks = `${quoted(row)} gives ${cls} to [CLS] and ${sep} to [SEP]. Of the rest,`;
    const gives = most.map(([share, key]) => `${share}\u00a0% to ${key === row ? "itself" : quoted(key)}`);
    const says = out ? `${parks} it gives` : `${quoted(row)} gives`;
    tell(`In layer ${layer}, head ${head}, ${says} ${gives.join(", ")}.`);
  }

  const of = (name, most) =>
    slider(name, { min: 0, max: most - 1, value: chosen[name] }, (value) => choose({ [name]: value }));
  const [layers, heads] = [of("layer", n_layers), of("head", n_heads)];
  const leave = "leave [CLS] and [SEP] out: numbers are then shares of what the others get";
  const hint = "Click or tap a word below to see where it looks. Strong colours are large shares.";
  const averages = ["On average, a word gives ", own, " % to itself, ", before];
  averages.push(" % to the one before it, and ", after, " % to the next.");
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "row" },
      made("figure", {}, made("figcaption", {}, "All heads, by layer: ", under), all),
      made(
        "div",
        { className: "choice" },
        layers,
        heads,
        checkbox(leave, false, (out) => choose({ out })),
        made("p", { className: "soft" }, hint),
      ),
    ),
    told,
    made("p", { className: "means" }, ...averages),
    made(
      "div",
      { className: "row" },
      made(
        "figure",
        {},
        made("figcaption", {}, "Layer ", its_layer, ", head ", its_head, ": token ", its_row, who),
        made("div", { className: "words" }, from, between, to),
      ),
      made(
        "figure",
        {},
        made("figcaption", {}, "Its map: a row for each word that looks"),
        map.element,
        pointed,
      ),
    ),
  );
  choose({ out: false });
}

const STYLE = `
.means { margin: 0 0 6px; font-weight: 600; }
.pointed { min-height: 1.45em; margin: 4px 0 0; }
.told { min-height: 2.9em; } /* else what is pointed at would move away */
.row > figure { flex-basis: 320px; }
.choice { flex: 1 1 220px; display: grid; gap: 4px; align-content: start; padding-top: 26px; }
@container (max-width: 560px) {
  .choice { padding-top: 0; }
  .told { min-height: 6.3em; }
}
.choice .slider > span { width: 2.6em; }
.choice .slider input { flex: 1; }
.choice .checkbox { align-items: start; padding: 4px 0; }
.choice p { margin: 4px 0; }
.all { display: grid; gap: 2px; align-items: center; justify-items: center; }
.all { font-size: 11px; line-height: 1.2; }
canvas { width: 100%; image-rendering: pixelated; border: 1px solid var(--line); cursor: pointer; }
canvas:hover { border-color: #000; }
canvas.chosen { outline: 3px solid #000; outline-offset: -1px; } /* white in the dark */
:host([data-dark]) canvas { filter: invert(1) hue-rotate(180deg); }
.words { display: grid; grid-template-columns: max-content 1fr max-content; }
.words fieldset { display: block; }
.words legend, .words p { float: none; height: 24px; margin: 0; padding: 0; }
.words legend, .words p { color: var(--soft); font-size: 12.5px; }
.words svg { margin-top: 24px; }
.words label, .to > div { display: block; height: ${HIGH}px; }
.radios label > span { height: 24px; margin: 0; padding: 1px 10px; text-align: right; }
.radios label:nth-of-type(n) > span { border-radius: 5px; }
.to > div { display: flex; justify-content: space-between; gap: 14px; padding: 2px 6px; border-radius: 5px; }
.to .none, .to .out { color: var(--soft); }
.to b { min-width: 5em; text-align: right; font-weight: 400; font-variant-numeric: tabular-nums; }
.to .most { background: var(--faint); }
.to .most b { font-weight: 600; }
.to .here { outline: 2px solid var(--key); outline-offset: -2px; }
small { font-size: 10px; opacity: 0.8; }
path { fill: none; stroke: var(--key); opacity: 0.75; }
path.own { stroke: var(--query); }
.radios :disabled + span { color: var(--soft); text-decoration: line-through; }
.cell { fill: var(--key); stroke: var(--line); stroke-width: 0.6; }
rect.own { fill: var(--query); stroke: var(--query); stroke-width: 1.2; }
.cell.out { fill: currentColor; fill-opacity: 0.22; }
.band { fill: none; stroke: currentColor; stroke-width: 2.5; pointer-events: none; }
.thin { stroke-width: 1.5; stroke-dasharray: 3 2; }
text.asks { font-weight: 700; }
text.soft { fill: var(--soft); text-decoration: line-through; }
`;
