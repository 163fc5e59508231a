// A sum or mean over a dimension: which numbers go into which, and what shape is left.
import { checkbox, made, radios, rounded, teller } from "./common.js";
import { STYLE_OF_GRID, cell, hint, hover, walk } from "./grid.js";

const add = (a, b) => a + b;

export function render({ data, el }) {
  const { name, values, rows, columns } = data;
  const size = [rows.length, columns.length];
  const chosen = { what: "sum", dim: "1", keepdim: false };
  const [told, tell] = teller();
  const said = made("p", { className: "said" });
  const stage = made("div", { className: "row stage" });
  let place = [1, 1]; // of the cell that is pointed at

  // What goes into the result: of each of its cells the places in x.
  function parts() {
    const whole = values.map((row, i) => row.map((_, j) => [i, j]));
    if (chosen.dim === "0") return [columns.map((_, j) => whole.map((row) => row[j]))];
    return chosen.dim === "1" ? whole.map((row) => [row]) : [[whole.flat()]];
  }

  const gone = (dim) => chosen.dim === "both" || +chosen.dim === dim;
  const shape = () =>
    size.map((n, dim) => (gone(dim) ? 1 : n)).filter((_, dim) => chosen.keepdim || !gone(dim));
  const tuple = (sizes) => (sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`);
  const digits = () => (chosen.what === "sum" ? 0 : 2);

  function show() {
    const { what, dim, keepdim } = chosen;
    const sources = parts();
    const results = sources.map((row) =>
      row.map((from) => from.map(([i, j]) => values[i][j]).reduce(add) / (what === "sum" ? 1 : from.length)),
    );
    const left = shape();
    const named = (i, j) => ["result", ...(keepdim ? [i, j] : dim === "0" ? [j] : dim === "1" ? [i] : [])];
    const buttons = results.map((row, i) =>
      row.map((value, j) => cell("button", named(i, j).join("-"), value, digits())),
    );
    const numbers = values.map((row, i) => row.map((value, j) => cell("span", `x-${i}-${j}`, value)));

    const arg = dim === "both" ? "(0, 1)" : dim;
    const text = (value) => (what === "sum" ? rounded(value, 1) : rounded(value));
    const lists = results.map((row) => row.map(text).join(", "));
    const inner = lists.map((row) => (keepdim ? `[${row}]` : row));
    const list = left.length ? `[${inner.join(", ")}]` : inner[0];
    said.replaceChildren(
      made("code", { className: "code" }, `${name}.${what}(dim=${arg}${keepdim ? ", keepdim=True" : ""})`),
      " has shape ",
      made("b", { className: "shape" }, tuple(left)),
      " and holds ",
      made("code", { className: "list" }, list),
    );

    // In x's place, beside its rows or under its columns; without keepdim, a list by itself
    const beside = keepdim && dim !== "0";
    const under = keepdim && dim !== "1";
    const head = (words, scope) => Object.assign(made("th", {}, words), { scope });
    const held = (its) => made("td", {}, its ?? "");
    const line = (title, cells, last) =>
      made("tr", {}, head(title, "row"), ...cells.map(held), ...(beside ? [held(last)] : []));
    const table = made(
      "table",
      { className: `grid ${beside ? "beside" : ""} ${under ? "under" : ""}` },
      made("caption", {}, `${name} has shape ${tuple(size)}`),
      made(
        "thead",
        {},
        made(
          "tr",
          {},
          made("td", { className: "soft" }, "dim 0 ↓", made("br"), "dim 1 →"),
          ...columns.map((it) => head(it, "col")),
          ...(beside ? [head(what, "col")] : []),
        ),
      ),
      made(
        "tbody",
        {},
        ...numbers.map((row, i) => line(rows[i], row, dim === "1" ? buttons[i][0] : null)),
        ...(under ? [line(what, dim === "0" ? buttons[0] : columns.map(() => null), buttons[0][0])] : []),
      ),
    );
    stage.replaceChildren(table);
    if (!keepdim) {
      const caption = left.length ? "The result is a list of its own" : "The result is a single number";
      const flat = made("div", { className: left.length ? "flat brackets" : "flat" }, ...buttons.flat());
      stage.append(made("figure", {}, made("figcaption", {}, caption), flat));
    }

    const describe = (i, j) => {
      const from = sources[i][j].map(([a, b]) => rounded(values[a][b], 0)).join(" + ");
      const value = rounded(results[i][j], digits());
      const whose = dim === "both" ? `all of ${name}` : dim === "1" ? rows[i] : columns[j];
      return `${whose}: ${what === "sum" ? from : `(${from}) / ${sources[i][j].length}`} = ${value}`;
    };
    const which = dim === "both" ? "Both dimensions" : `Dimension ${dim}`;
    const stay = dim === "both" ? "stay, with size 1" : "stays, with size 1";
    const fate = keepdim ? `${which} ${stay}` : `${which} ${dim === "both" ? "are" : "is"} gone`;
    buttons.forEach((row, i) => row.forEach((its, j) => its.setAttribute("aria-label", describe(i, j))));
    numbers.forEach((row, a) =>
      row.forEach((its, b) => {
        const [i, j] = [dim === "1" ? a : 0, dim === "0" ? b : 0];
        hover(its, () => point(i, j));
        its.addEventListener("click", () => point(i, j));
      }),
    );
    function point(i, j) {
      place = [dim === "1" ? i : place[0], dim === "0" ? j : place[1]];
      for (const its of [...numbers, ...buttons].flat()) its.classList.remove("on");
      buttons[i][j].classList.add("on");
      for (const [a, b] of sources[i][j]) numbers[a][b].classList.add("on");
      tell(`${describe(i, j)}. ${fate}, so ${tuple(size)} becomes ${tuple(left)}.`);
    }
    walk(buttons, [dim === "1" ? place[0] : 0, dim === "0" ? place[1] : 0], point);
  }

  const choose = (what) => (value) => {
    chosen[what] = value;
    show();
  };
  el.append(
    made("style", { textContent: STYLE_OF_GRID + STYLE }),
    made(
      "div",
      { className: "controls" },
      radios("compute", ["sum", "mean"], chosen.what, choose("what")),
      radios("dim", ["0", "1", "both"], chosen.dim, choose("dim")),
      checkbox("keepdim", chosen.keepdim, choose("keepdim")),
    ),
    said,
    stage,
    told,
    hint("a number of the result"),
  );
  show();
}

const STYLE = `
.said { margin: 0 0 6px; }
.shape { white-space: nowrap; }
.beside tr > :last-child { padding-left: 8px; }
.under tbody tr:last-child > * { padding-top: 6px; }
.stage { min-height: 240px; gap: 10px 34px; }
.stage > table { flex: none; }
.stage > figure { flex: none; }
.flat { display: flex; gap: 3px; width: fit-content; padding: 5px 7px; }
.brackets { border: 2px solid var(--soft); border-width: 0 2px; border-radius: 9px; }
`;
