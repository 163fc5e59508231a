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

const REACH = 20; // what a bar of scores shows; more runs over
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
  const caption = made("span");
  const [sum, entropy] = [number("sum"), number("entropy")];
  const steps = table({
    caption,
    columns: [
      ["key"],
      ["dot product", "right"],
      ["score", "right"],
      ["", "wide"],
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
    caption.textContent = `The row of “${tokens[row]}”`;
    cells.forEach(({ product, score, power, weight, size: length, share }, i) => {
      put(product, products[size][row][i]);
      put(score, scores[i]);
      put(power, powers[i], short);
      put(weight, weights[i], 3);
      length.from(scores[i] / REACH);
      share.to(weights[i]);
      steps.lines[i].classList.toggle("most", weights[i] > best - 1e-9);
    });
    put(sum, powers.reduce(add), short);
    put(entropy, -weights.map((it) => it && it * Math.log(it)).reduce(add));
    divide.querySelector("span").textContent = `divide by √${d_k} = ${rounded(root, root % 1 ? 2 : 0)}`;
    const output = mixed.to(weights, tokens[row]).map((it) => rounded(it, 1));
    const order = weights.map((weight, i) => [weight, tokens[i]]).sort((a, b) => b[0] - a[0]);
    const [[first, winner], [second, next]] = order;
    const lead = order.filter(([weight]) => first - weight < 5e-4).map(([, token]) => `“${token}”`);
    const gives =
      first - second < 5e-4
        ? `${rounded(first, 3)} each to ${lead.join(", ")}`
        : `${rounded(first, 3)} to “${winner}” and ${rounded(second, 3)} to “${next}”`;
    const gets = `Out comes ${outcomes[0]} ${output[0]}, ${outcomes[1]} ${output[1]}.`;
    tell(`“${tokens[row]}” gives ${gives}. ${gets}`);
  }

  function choose(what) {
    Object.assign(chosen, what);
    if ("row" in what) mixed.forget();
    show();
  }

  const alike = rounded(Math.log(tokens.length));
  const divide = checkbox("", true, (divided) => choose({ divided }));
  const said = (i) => `${sizes[i]}${notes[sizes[i]] ? ` (${notes[sizes[i]]})` : ""}`;
  const spread = ["entropy of the weights: ", entropy, ` (${alike} if all are alike)`];
  const legend = `A striped bar goes on beyond ±${REACH}. The dots in the plane are where the output was.`;
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
    made("p", { className: "soft" }, legend),
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
.slider output { min-width: 8.5em; }
.size .fill { background: var(--key); }
td, tbody th, tfoot th { height: 34px; }
.withbar { grid-template-columns: 3.2em 1fr; }
`;
