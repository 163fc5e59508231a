// Cells of a result that one points at, taps, or walks through with the arrow keys.
import { made, put, set } from "./common.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// A number in a cell; with data-name, so that it can be read off.
export function cell(tag, name, value, digits = 0, className = "") {
  const element = made(tag, { className: `cell number ${className}` });
  if (name) element.dataset.name = name;
  put(element, value, digits);
  return tag === "button" ? set(element, { type: "button" }) : element;
}

// A pointer that comes by; a finger that does may only be scrolling.
export function hover(element, then) {
  element.addEventListener("pointerenter", (event) => event.pointerType === "touch" || then());
}

// Buttons in rows: one of them is reached by Tab, the others by arrow keys. point(i, j) is told which.
export function walk(rows, [i, j], point) {
  const go = (i, j) => {
    for (const its of rows.flat()) its.tabIndex = -1;
    rows[i][j].tabIndex = 0;
    point(i, j);
  };
  rows.forEach((row, i) =>
    row.forEach((its, j) => {
      for (const reached of ["focus", "click"]) its.addEventListener(reached, () => go(i, j));
      hover(its, () => go(i, j));
      its.addEventListener("keydown", (event) => {
        const [down, right] = STEPS[event.key] ?? [];
        if (down === undefined) return;
        event.preventDefault(); // else the page scrolls
        rows[i + down]?.[j + right]?.focus();
      });
    }),
  );
  go(Math.min(i, rows.length - 1), Math.min(j, rows[0].length - 1));
}

// What the cells of a result answer to; a touch screen has no keys.
export function hint(what, more = "") {
  const keys = made("span", { className: "keys" }, ", or walk there by arrow keys");
  return made("p", { className: "soft" }, `Point at ${what} or tap it`, keys, `.${more}`);
}

export const STYLE_OF_GRID = `
table.grid { width: auto; border-collapse: separate; border-spacing: 3px; }
.grid tr { border: 0; }
.grid th, .grid td { padding: 0; height: auto; text-align: center; }
.grid tbody th { padding-right: 8px; text-align: right; }
.grid thead th, .grid thead td { padding: 0 4px 2px; }
.cell { display: block; min-width: 36px; height: 30px; padding: 0 4px; }
.cell { border: 1px solid var(--line); border-radius: 4px; background: none; color: inherit; }
.cell { font: inherit; line-height: 28px; text-align: center; font-variant-numeric: tabular-nums; }
button.cell { border-color: var(--key); cursor: pointer; }
button.cell { background: color-mix(in srgb, var(--key) 14%, transparent); }
.cell.on { border: 2px solid var(--query); font-weight: 700; line-height: 26px; }
.cell.on { background: color-mix(in srgb, var(--query) 22%, transparent); }
code { font: 0.95em var(--jp-code-font-family, var(--font-stack--monospace, ui-monospace, monospace)); }
`;
