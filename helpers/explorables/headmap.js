// The map of one head: a row for each token that looks, and the diagonal, a token's look at itself.
import { drawn } from "./common.js";

const LABEL = "A row for each word that looks, a column for each that is looked at";

// choose(row, key) is called with the cell that is clicked or tapped; over(row, key) with the one under
// the mouse, and without where there is none.
export function headmap(tokens, { choose, over }) {
  const n = tokens.length;
  const cell = Math.max(13, 240 / n);
  const side = Math.min(96, 12 + 6.6 * Math.max(...tokens.map((token) => token.length)));
  const size = side + n * cell + 2;
  const element = drawn("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": LABEL });
  const place = (i) => side + i * cell;
  const squares = tokens.map((_, row) =>
    tokens.map((_, key) => {
      const its = { x: place(key), y: place(row), width: cell, height: cell };
      const square = drawn("rect", { class: row === key ? "cell own" : "cell", ...its });
      Object.assign(square.dataset, { row, key });
      return square;
    }),
  );
  const names = tokens.map((token, i) => {
    const middle = place(i) + cell / 2 + 4;
    return [
      drawn("text", { x: side - 5, y: middle, "text-anchor": "end" }, token),
      drawn("text", { transform: `translate(${middle} ${side - 5}) rotate(-90)` }, token),
    ];
  });
  const band = drawn("rect", { class: "band", x: side - 1, width: n * cell + 2, height: cell });
  const column = drawn("rect", { class: "band thin", y: side - 1, width: cell, height: n * cell + 2 });
  const diagonal = squares.map((line, i) => line[i]);
  element.append(...squares.flat(), ...diagonal, ...names.flat(), column, band);
  const at = ({ target: { dataset } }) => (dataset.row ? [+dataset.row, +dataset.key] : []);
  element.addEventListener("click", (event) => at(event).length && choose(...at(event)));
  element.addEventListener("pointermove", (event) => event.pointerType === "mouse" && over(...at(event)));
  element.addEventListener("pointerleave", () => over());

  // rows: whole percents, null for what is left out; row: which one looks; key: which is chosen, or -1.
  function paint(rows, row, key) {
    rows.forEach((shares, i) =>
      shares.forEach((share, j) => {
        squares[i][j].classList.toggle("out", share === null);
        squares[i][j].style.fillOpacity = share === null ? "" : share / 100;
      }),
    );
    names.forEach(([name, above], i) => {
      name.classList.toggle("asks", i === row);
      name.classList.toggle("soft", rows[i].every((share) => share === null));
      above.classList.toggle("soft", rows[row][i] === null);
    });
    band.setAttribute("y", place(row));
    column.style.display = key < 0 ? "none" : "";
    column.setAttribute("x", place(Math.max(key, 0)));
  }
  return { element, paint };
}
