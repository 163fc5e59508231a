// The number of a heat map's cell, for who points at it, taps it, or goes there with the arrow keys.
// A picture's maps stand behind it as JSON, as helpers.plotting has stored them.

const OFFER = "Point at a cell, tap it, or use the arrow keys: its number stands here.";

function readable(frame, maps) {
  const cell = made("span", { className: "cell-mark", hidden: true });
  const says = made("p", { className: "cell-says", role: "status" }, OFFER);
  let at = null; // [map, row, column]

  function tell(k, i, j) {
    at = [k, i, j];
    const { title, names, rows, columns, numbers, box } = maps[k];
    const [left, top, right, bottom] = box;
    const [width, height] = [(right - left) / columns.length, (bottom - top) / rows.length];
    Object.assign(cell.style, {
      left: `${100 * (left + j * width)}%`, top: `${100 * (top + i * height)}%`,
      width: `${100 * width}%`, height: `${100 * height}%`,
    });
    cell.hidden = false;
    const where = `${names[0]} “${rows[i]}”, ${names[1]} “${columns[j]}”`;
    says.replaceChildren(`${title ? `${title}, ` : ""}${where}: `, made("b", {}, String(numbers[i][j])));
  }

  function pointed(event) {
    const area = frame.getBoundingClientRect();
    const x = (event.clientX - area.left) / area.width;
    const y = (event.clientY - area.top) / area.height;
    for (const [k, { rows, columns, box: [left, top, right, bottom] }] of maps.entries()) {
      if (x < left || x >= right || y < top || y >= bottom) continue;
      const i = Math.floor(((y - top) / (bottom - top)) * rows.length);
      const j = Math.floor(((x - left) / (right - left)) * columns.length);
      if (at?.join() !== [k, i, j].join()) tell(k, i, j);
    }
  }

  const inside = (value, length) => Math.min(Math.max(value, 0), length - 1);
  function moved(event) {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (down === undefined) return;
    event.preventDefault();
    const [k, i, j] = at ?? [0, -down, -right];
    const last = maps[k].columns.length - 1;
    const next = k + (j + right > last) - (j + right < 0); // beyond an edge stands the next map
    if (next === k || !maps[next]) tell(k, inside(i + down, maps[k].rows.length), inside(j + right, last + 1));
    else tell(next, inside(i, maps[next].rows.length), right > 0 ? 0 : maps[next].columns.length - 1);
  }

  Object.assign(frame, { tabIndex: 0 });
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Heat map: arrow keys go from cell to cell");
  frame.append(cell);
  frame.addEventListener("pointermove", pointed);
  frame.addEventListener("pointerdown", pointed);
  frame.addEventListener("keydown", moved);
  (frame.closest(".picture") ?? frame).after(says);
}

for (const stored of document.querySelectorAll("script.maps")) {
  const before = [...stored.closest(".cell_output").querySelectorAll("img")].filter(
    (image) => image.compareDocumentPosition(stored) & Node.DOCUMENT_POSITION_FOLLOWING
  );
  const picture = before.at(-1);
  if (!picture || picture.style.display === "none") continue;
  const frame = made("div", { className: "heat-map" });
  picture.replaceWith(frame);
  frame.append(picture);
  readable(frame, JSON.parse(stored.textContent));
}
