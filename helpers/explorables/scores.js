// A row of one's choice: its dot products, divided or not, their powers, the weights, the mixture.
import {
  bar,
  checkbox,
  made,
  number,
  put,
  radios,
  rounded,
  short,
  slider,
  softmax,
  table,
  teller,
} from "./common.js";
import { mixture } from "./mixture.js";

const REACHES = [3, 20]; // what bars of scores show; more runs over
const add = (a, b) => a + b;

export function render({ data, el }) {
  const { tokens, values, outcomes, sizes, notes, products } = data;
  const chosen = { row: tokens.indexOf(data.asks), size: sizes.indexOf(data.d_k), divided: true };
  const [told, tell] = teller();

  const cells = tokens.map((_, i) => ({
    product: number(`product-${i}`, "soft"),
    score: number(`score-${i}`),
    power: number(`power-${i}`),
    weight: number(`weight-${i}`),
    size: bar("size"),
    share: bar(),
  }));
  const [caption, edge] = [made("span"), made("span")];
  const [sum, entropy, ahead] = [number("sum"), number("entropy"), number("lead")];
  const steps = table({
    caption,
    columns: [
      ["key"],
      ["dot product", "right"],
      ["score", "right"],
      [edge, "wide"],
      [["e", made("sup", {}, "score")], "right"],
      ["weight"],
    ],
    rows: cells.map(({ product, score, power, weight, size, share }, i) => [
      tokens[i],
      product,
      score,
      size.element,
      power,
      made("span", { className: "withbar" }, weight, share.element),
    ]),
    foot: ["together", "", "", "", sum, "1.000"],
  });
  const mixed = mixture({ asks: data.asks, tokens, values, outcomes, size: 260 });

  function show() {
    const { row, size, divided } = chosen;
    const d_k = sizes[size];
    const root = Math.sqrt(d_k);
    const scores = products[size][row].map((product) => (divided ? product / root : product));
    const powers = scores.map(Math.exp);
    const weights = softmax(scores);
    const best = Math.max(...weights);
    const how = divided ? "each dot product divided" : "each score is the dot product itself";
    caption.textContent = `The row of “${tokens[row]}”: ${how}`;
    const largest = Math.max(...products[size].flat().map(Math.abs)) / (divided ? root : 1);
    const reach = REACHES.find((it) => largest < 1.2 * it) ?? REACHES.at(-1);
    edge.textContent = `−${reach} to ${reach}`;
    steps.element.classList.toggle("same", !divided);
    cells.forEach(({ product, score, power, weight, size: length, share }, i) => {
      put(product, products[size][row][i]);
      put(score, scores[i]);
      put(power, powers[i], short);
      put(weight, weights[i], 3);
      length.from(scores[i] / reach);
      share.to(weights[i]);
      steps.lines[i].classList.toggle("most", weights[i] > best - 1e-9);
    });
    put(sum, powers.reduce(add), short);
    const [top, after] = [...scores].sort((a, b) => b - a);
    put(ahead, top - after);
    put(entropy, -weights.map((it) => it && it * Math.log(it)).reduce(add));
    divide.querySelector("span").textContent = `divide by √${d_k} = ${rounded(root, root % 1 ? 2 : 0)}`;
    const output = mixed.to(weights, tokens[row]).map((it) => rounded(it, 1));
    const order = weights.map((weight, i) => [weight, tokens[i]]).sort((a, b) => b[0] - a[0]);
    const [[first, winner], [second, next]] = order;
    const lead = order.filter(([weight]) => first - weight < 5e-4).map(([, token]) => `“${token}”`);
    const gives =
      first - second < 5e-4
        ? `${rounded(first, 3)} each to ${lead.join(", ")}`
        : second < 5e-4
          ? `all but a trace to “${winner}”`
          : `${rounded(first, 3)} to “${winner}” and ${rounded(second, 3)} to “${next}”`;
    const gets = `Out comes ${outcomes[0]} ${output[0]}, ${outcomes[1]} ${output[1]}.`;
    const leads = top - after > 5e-3 ? ` The best score leads by ${rounded(top - after)}.` : "";
    tell(`“${tokens[row]}” gives ${gives}.${leads} ${gets}`);
  }

  function choose(what) {
    Object.assign(chosen, what);
    if ("row" in what) mixed.forget();
    show();
  }

  const alike = rounded(Math.log(tokens.length));
  const divide = checkbox("", true, (divided) => choose({ divided }));
  const said = (i) => `${sizes[i]}${notes[sizes[i]] ? ` (${notes[sizes[i]]})` : ""}`;
  const spread = ["lead of the best score over the second: ", ahead];
  spread.push(made("br"), "entropy of the weights: ", entropy, ` (${alike} if all are alike)`);
  const striped = made("span", { className: "wide" }, " A striped score bar goes on beyond its edge.");
  const legend = "Dots in the plane show the way that the output has come since you chose this row.";
  el.append(
    made("style", { textContent: STYLE }),
    made(
      "div",
      { className: "controls" },
      radios("query of", tokens, tokens[chosen.row], (token) => choose({ row: tokens.indexOf(token) })),
      slider("d_k", { min: 0, max: sizes.length - 1, value: chosen.size, say: said }, (size) =>
        choose({ size }),
      ),
      divide,
    ),
    told,
    made(
      "div",
      { className: "row" },
      made("div", { className: "steps" }, steps.element, made("p", { className: "soft" }, ...spread)),
      mixed.figure,
    ),
    made("p", { className: "soft" }, legend, striped),
  );
  show();
}

const STYLE = `
.steps { flex: 2 1 460px; min-width: 0; }
.steps + figure { flex: 1 1 240px; }
th.wide, td.wide { width: 76px; }
td.wide .size { width: 70px; }
th:last-child, td:last-child { width: 30%; }
td.right, th.right { width: auto; padding-right: 10px; }
.controls > :last-child { flex: 1 0 100%; }
.slider output { min-width: 11em; }
.same td:nth-child(2) { visibility: hidden; }
thead th, thead td { height: 66px; }
.told { min-height: 2.9em; }
@media (max-width: 420px) { .told { min-height: 4.4em; } }
.size .fill { background: var(--key); }
td, tbody th, tfoot th { height: 34px; }
.withbar { grid-template-columns: 3.2em 1fr; }
`;
