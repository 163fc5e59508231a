// Two shapes of the reader's choice: how they line up, what is repeated, and where they don't fit.
import { made, radios, teller } from "./common.js";
import { STYLE_OF_GRID, cell, hint, hover, walk } from "./grid.js";

const UNIT = { a: 10, b: 1 }; // a counts in tens, b in ones: a sum says what it is made of
const tuple = (sizes) => (sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`);
const range = (n) => Array.from({ length: n }, (_, i) => i);

export function render({ data, el }) {
  const shapes = Object.fromEntries(data.shapes.map((sizes) => [tuple(sizes), sizes]));
  const chosen = { a: data.a, b: data.b };
  const [told, tell] = teller();
  const lined = made("div");
  const stage = made("div", { className: "row stage" });
  let place = [1, 1]; // of the cell that is pointed at

  // A size of 1 in front changes no number, so here all are tables.
  function tensor(name) {
    const sizes = chosen[name];
    const missing = 2 - sizes.length;
    const [rows, columns] = [...range(missing).map(() => 1), ...sizes];
    const row = (i) => (rows === 1 ? 0 : i);
    const column = (j) => (columns === 1 ? 0 : j);
    return {
      name,
      sizes,
      row,
      column,
      full: [rows, columns],
      value: (i, j) => UNIT[name] * (1 + row(i) * columns + column(j)),
      copied: (i, j) => i >= rows || j >= columns,
      index: (i, j) => `${name}[${[row(i), column(j)].slice(missing).join(", ")}]`,
    };
  }

  // Of each dimension of the result its sizes, and what becomes of them.
  function dimensions([a, b]) {
    const n = Math.max(a.sizes.length, b.sizes.length);
    return range(n).map((dim) => {
      const [of, to] = [a, b].map((it) => it.sizes[dim - n + it.sizes.length]);
      const [left, right] = [of ?? 1, to ?? 1];
      const [small, other] = left === 1 ? ["a", right] : ["b", left];
      const none = (small === "a" ? of : to) === undefined;
      const fits = left === right || left === 1 || right === 1;
      let words = `${small} has ${none ? "none" : "1"}: repeated ${other} times`;
      if (left === right) words = of && to ? "the same size" : "a single row: nothing to repeat";
      if (!fits) words = `${left} and ${right} don’t fit`;
      return { dim, of, to, size: Math.max(left, right), fits, words };
    });
  }

  function lineUp(dims, both) {
    const line = (title, cells, className = "") => {
      const head = Object.assign(made("th", {}, title), { scope: "row" });
      return made("tr", { className }, head, ...cells.map((it) => made("td", {}, it)));
    };
    const wrong = dims.some((it) => !it.fits);
    const fate = (it) => (wrong ? it.words.replace(": repeated", ": could be repeated") : it.words);
    const head = dims.map(({ dim }) => Object.assign(made("th", {}, `dimension ${dim}`), { scope: "col" }));
    const table = made(
      "table",
      { className: "grid sizes" },
      made("caption", {}, "The shapes, lined up from the right"),
      made("thead", {}, made("tr", {}, made("td"), ...head)),
      made(
        "tbody",
        {},
        ...both.map(({ name }) =>
          line(
            name,
            dims.map((it) => `${it[name === "a" ? "of" : "to"] ?? "–"}`),
          ),
        ),
        line(
          "do they fit?",
          dims.map((it) => made("span", { className: it.fits ? "soft" : "wrong" }, fate(it))),
          "fate",
        ),
        line(
          "a + b",
          dims.map((it) => made("b", {}, it.fits ? `${it.size}` : "?")),
          wrong ? "dim" : "",
        ),
      ),
    );
    lined.replaceChildren(made("div", { className: "scroll" }, table));
  }

  function grid(title, cells) {
    const rows = cells.map((row) => made("tr", {}, ...row.map((it) => made("td", {}, it))));
    const caption = made("caption", {}, ...[title].flat());
    return made("table", { className: "grid" }, caption, made("tbody", {}, ...rows));
  }

  const after = (sign, it) =>
    made("div", { className: "after" }, made("span", { className: "sign" }, sign), it);
  const drawnFrom = (it, [rows, columns]) =>
    range(rows).map((i) =>
      range(columns).map((j) => {
        const copy = it.copied(i, j) ? "copy" : "";
        return cell("span", copy ? "" : `${it.name}-${i}-${j}`, it.value(i, j), 0, copy);
      }),
    );

  function show() {
    const both = [tensor("a"), tensor("b")];
    const [a, b] = both;
    const dims = dimensions(both);
    lineUp(dims, both);
    const faulty = dims.findLast((it) => !it.fits);
    const named = ({ name, sizes }) => `${name} ${tuple(sizes)}`;
    if (faulty) {
      const { dim, of, to } = faulty;
      const [x, y] = both.map((it) => grid(named(it), drawnFrom(it, it.full)));
      const text =
        `The size of tensor a (${of}) must match the size of tensor b (${to}) ` +
        `at non-singleton dimension ${dim}`;
      const message = made("code", { className: "message wrong" }, text);
      const error = made("figure", {}, made("figcaption", {}, "PyTorch says"), message);
      stage.replaceChildren(x, after("+", y), after("=", error));
      const sizes = `a has ${of} there and b has ${to}`;
      tell(`Dimension ${dim} is at fault: ${sizes}. They differ and neither is 1, so there’s no result.`);
      return;
    }

    const whole = [1, 1].map((one, i) => dims[i - 2 + dims.length]?.size ?? one);
    const [x, y] = both.map((it) => drawnFrom(it, whole));
    const index = (i, j) => [i, j].slice(2 - dims.length).join("-");
    const sum = range(whole[0]).map((i) =>
      range(whole[1]).map((j) => {
        const its = cell("button", `sum-${index(i, j)}`, a.value(i, j) + b.value(i, j));
        const from = both.map((it) => `${it.value(i, j)}, which is ${it.index(i, j)}`).join(", and ");
        its.setAttribute("aria-label", `${its.textContent} is made of ${from}`);
        return its;
      }),
    );
    const repeats = both.flatMap((it) => {
      const along = range(2).filter((dim) => it.full[dim] < whole[dim]);
      const names = along.map((dim) => dim - 2 + dims.length).join(" and ");
      return along.length ? [` ${it.name} is repeated along dimension ${names}.`] : [];
    });
    const result = tuple(dims.map((it) => it.size));
    stage.replaceChildren(
      grid(named(a), x),
      after("+", grid(named(b), y)),
      after("=", grid(["a + b ", made("span", { className: "result" }, result)], sum)),
    );
    function point(i, j) {
      place = [i, j];
      for (const its of [x, y, sum].flat(2)) its.classList.remove("on");
      for (const its of [x, y, sum]) its[i][j].classList.add("on");
      both.forEach((it, k) => [x, y][k][it.row(i)][it.column(j)].classList.add("on"));
      const [left, right] = [a.value(i, j), b.value(i, j)];
      const from = `${a.index(i, j)} and ${b.index(i, j)}`;
      tell(`${left + right} = ${left} + ${right}: ${from}.${repeats.join("")}`);
    }
    walk(sum, place, point);
    for (const its of [x, y])
      its.forEach((row, i) =>
        row.forEach((one, j) => hover(one, () => point(i, j))),
      );
  }

  const choose = (name) =>
    radios(`shape of ${name}`, Object.keys(shapes), tuple(chosen[name]), (words) => {
      chosen[name] = shapes[words];
      show();
    });
  el.append(
    made("style", { textContent: STYLE_OF_GRID + STYLE }),
    made("div", { className: "controls" }, choose("a"), choose("b")),
    lined,
    stage,
    told,
    hint("a sum", " Dashed boxes are copies."),
  );
  show();
}

const STYLE = `
.radios span { padding: 4px 8px; }
.sizes caption { white-space: nowrap; }
.sizes td { padding: 1px 10px; min-width: 5em; border: 1px solid var(--line); font-size: 15px; }
.sizes thead td, .sizes .fate td { border: 0; }
.sizes td .soft, .sizes td .wrong { font-size: 12.5px; }
.sizes .dim b { color: var(--soft); }
.wrong { color: var(--query); font-weight: 700; }
.stage { min-height: 168px; align-items: center; gap: 6px 12px; margin-top: 8px; }
.stage > table { flex: none; }
.after { display: flex; align-items: center; gap: 12px; min-width: 0; }
.after figure { max-width: 300px; }
.sign { font-size: 20px; }
.message { display: block; font-size: 14px; }
.copy { border-style: dashed; color: var(--soft); }
.result { white-space: nowrap; }
`;
