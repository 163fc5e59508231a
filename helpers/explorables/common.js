// What explorables share: elements, numbers that can be read off, controls that speak, planes and
// arrows, and how a picture comes to its place. A picture's module takes what it needs from here;
// Python then writes both, and common.css, into one script without the imports and exports.

// --- Elements

export function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// An element of SVG.
export function drawn(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, attributes);
  element.append(...children);
  return element;
}

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// --- Numbers: what is shown is rounded, data-value is not, and data-name says which one it is

export function number(name, className = "") {
  return set(made("span", { className: `number ${className}` }), { "data-name": name });
}

// digits behind the point, or a function that gives the text
export function put(element, value, digits = 2) {
  element.textContent = typeof digits === "function" ? digits(value) : rounded(value, digits);
  element.dataset.value = value;
}

export function rounded(value, digits = 2) {
  return value
    .toFixed(digits)
    .replace(/^-(?=[0.]+$)/, "")
    .replace("-", "−");
}

// What may be very large or very small: 2.7 · 10⁶.
export function short(value) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 1e5)) {
    return size < 1000 ? rounded(value) : grouped(rounded(value, 0));
  }
  const [front, power] = value.toExponential(1).split("e");
  const raised = [...`${+power}`].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `${front.replace("-", "−")} · 10${raised.join("")}`;
}

export function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

export function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

// --- Controls: each has a name, and says its value

// say: a value's words; change is called with each new value.
export function slider(name, { min, max, step = 1, value, say = String }, change) {
  const input = set(made("input"), { type: "range", min, max, step });
  const said = made("output");
  const tell = () => {
    said.textContent = say(input.valueAsNumber);
    input.setAttribute("aria-valuetext", said.textContent);
  };
  const to = (given) => {
    input.value = given;
    tell();
    change(input.valueAsNumber);
  };
  let before;
  input.value = value;
  input.addEventListener("input", () => to(input.value));
  input.addEventListener("pointerdown", () => (before = input.value));
  input.addEventListener("pointercancel", () => to(before)); // the finger only scrolls
  tell();
  const steps = [-1, 1].map((by) => {
    const press = button(by < 0 ? "−" : "+", () => to(input.valueAsNumber + by * step));
    return set(press, { class: "step", tabindex: -1, "aria-hidden": true }); // keys and ears have the slider
  });
  return made("label", { className: "slider" }, made("span", {}, name), input, ...steps, said);
}

let groups = 0; // radio buttons with the same name are one group

// options: the words of each value, as { value: words } or [words, …] where they are the same.
export function radios(name, options, value, change) {
  const group = `explorable-${Math.random().toString(36).slice(2)}-${++groups}`;
  const pairs = Array.isArray(options) ? options.map((it) => [it, it]) : Object.entries(options);
  const labels = pairs.map(([its, words]) => {
    const input = made("input", { type: "radio", name: group, value: its, checked: its === value });
    input.addEventListener("change", () => change(its));
    return made("label", {}, input, made("span", {}, words));
  });
  return made("fieldset", { className: "radios" }, made("legend", {}, name), ...labels);
}

export function checkbox(name, checked, change) {
  const input = made("input", { type: "checkbox", checked });
  input.addEventListener("change", () => change(input.checked));
  return made("label", { className: "checkbox" }, input, made("span", {}, name));
}

export function button(name, press) {
  const element = made("button", { type: "button" }, name);
  element.addEventListener("click", press);
  return element;
}

// A line that says in words what is seen: at once for eyes, when it rests for ears.
export function teller() {
  const seen = set(made("span"), { "aria-hidden": "true" });
  const heard = set(made("span", { className: "unseen" }), { role: "status" });
  let waits = 0;
  const say = (text) => {
    seen.textContent = text;
    clearTimeout(waits);
    waits = setTimeout(() => (heard.textContent = text), 500);
  };
  return [made("p", { className: "told" }, seen, heard), say];
}

// What mouse and finger drag and arrow keys move. to(x, y): the place in the SVG; by(right, up):
// steps, ten of them with Page Up and Page Down. The caller names it and says its value.
export function draggable(handle, svg, { to, by }) {
  const keys = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
    PageUp: [0, 10],
    PageDown: [0, -10],
  };
  const follow = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = at.matrixTransform(svg.getScreenCTM().inverse());
    to(x, y);
  };
  set(handle, { tabindex: 0, role: "slider", class: `${handle.getAttribute("class") ?? ""} handle` });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // else it would select text
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) follow(event);
  });
  svg.addEventListener("click", follow); // anywhere: the arrow comes
  handle.addEventListener("keydown", (event) => {
    if (!(event.key in keys || event.key === "Home" || event.key === "End")) return;
    event.preventDefault(); // else the page scrolls
    if (event.key in keys) by(...keys[event.key]);
  });
}

// --- Planes

// A square plane from `from` to `to` along both axes, with ticks at `ticks`, named by `names`.
// x and y say where a point lies in its svg; what is added to `front` lies over the grid.
export function plane({ from, to, ticks, names, label, size = 320 }) {
  const left = 30,
    bottom = 34,
    top = 10,
    right = 10;
  const x = (value) => left + ((value - from) / (to - from)) * (size - left - right);
  const y = (value) => size - bottom - ((value - from) / (to - from)) * (size - bottom - top);
  const grid = drawn("g", { class: "grid" });
  for (const at of ticks) {
    const axis = at === 0 ? "axis" : "";
    grid.append(
      drawn("line", { class: axis, x1: x(at), x2: x(at), y1: y(from), y2: y(to) }),
      drawn("line", { class: axis, x1: x(from), x2: x(to), y1: y(at), y2: y(at) }),
      drawn("text", { x: x(at), y: size - bottom + 14, "text-anchor": "middle" }, rounded(at, 0)),
      drawn("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end" }, rounded(at, 0)),
    );
  }
  const middle = (x(from) + x(to)) / 2;
  grid.append(
    drawn("text", { class: "name", x: middle, y: size - 4, "text-anchor": "middle" }, names[0]),
    drawn(
      "text",
      {
        class: "name",
        x: 0,
        y: 0,
        "text-anchor": "middle",
        transform: `translate(10 ${(y(from) + y(to)) / 2}) rotate(-90)`,
      },
      names[1],
    ),
  );
  const front = drawn("g");
  const svg = drawn(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": label },
    grid,
    front,
  );
  return {
    svg,
    front,
    x,
    y,
    at: (sx, sy) => [
      // the point of the plane at a place in the svg
      from + ((sx - left) / (size - left - right)) * (to - from),
      from + ((size - bottom - sy) / (size - bottom - top)) * (to - from),
    ],
  };
}

// An arrow of a class; to(x1, y1, x2, y2) moves it. Without length it is not to be seen.
export function arrow(className, head = 9) {
  const line = drawn("line");
  const tip = drawn("path", {
    d: `M 0 0 L ${-head * 1.5} ${head * 0.62} L ${-head * 1.5} ${-head * 0.62} Z`,
  });
  const element = drawn("g", { class: `arrow ${className}` }, line, tip);
  const to = (x1, y1, x2, y2) => {
    const length = Math.hypot(x2 - x1, y2 - y1);
    const short = length ? Math.max(length - head, 0) / length : 0; // the line ends inside the tip
    set(line, { x1, y1, x2: x1 + (x2 - x1) * short, y2: y1 + (y2 - y1) * short });
    const turned = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    tip.setAttribute("transform", `translate(${x2} ${y2}) rotate(${turned})`);
    element.style.display = length < 0.5 ? "none" : "";
  };
  return { element, to };
}

// A bar beside a number. to(share) is as long as its share of the whole; from(part), −1 to 1, runs
// from the middle to either side, and is striped where more would be.
export function bar(className = "") {
  const fill = made("span", { className: "fill" });
  const element = made("span", { className: `bar ${className}` }, fill);
  const lay = (left, width) => Object.assign(fill.style, { marginLeft: `${left}%`, width: `${width}%` });
  return {
    element: set(element, { "aria-hidden": "true" }),
    to: (share) => lay(0, 100 * Math.min(1, Math.max(0, share))),
    from(part) {
      const half = 50 * Math.min(1, Math.abs(part));
      element.classList.add("sided");
      fill.classList.toggle("over", Math.abs(part) > 1);
      lay(part < 0 ? 50 - half : 50, half);
    },
  };
}

// --- Tables

// columns: heading and class of each; rows and foot: what their cells hold, headings first (a node, a
// text, or several in a list). lines are the rows' elements.
export function table({ caption, columns, rows, foot = [] }) {
  const cell = (tag, held, i, scope) => {
    const element = made(tag, { className: columns[i][1] ?? "" }, ...[held].flat());
    return scope ? set(element, { scope }) : element;
  };
  const line = (held) =>
    made("tr", {}, ...held.map((it, i) => (i ? cell("td", it, i) : cell("th", it, i, "row"))));
  const head = made(
    "tr",
    {},
    ...columns.map(([words], i) => cell(words ? "th" : "td", words, i, words && "col")),
  );
  const lines = rows.map(line);
  const element = made(
    "table",
    {},
    made("caption", {}, ...[caption].flat()),
    made("thead", {}, head),
    made("tbody", {}, ...lines),
    made("tfoot", {}, ...(foot.length ? [line(foot)] : [])),
  );
  return { element: made("div", { className: "scroll" }, element), lines };
}

// --- How a picture comes to its place

// Whoever reads on a dark ground has light letters: which is all that pages have in common.
function shade(host) {
  const [red, green, blue] = getComputedStyle(host)
    .color.match(/[\d.]+/g)
    .map(Number);
  host.toggleAttribute("data-dark", 0.3 * red + 0.6 * green + 0.1 * blue > 128);
}

// Draws what `id` names wherever it stands and is not drawn yet, and then hides the still picture
// before it, which has `alt`. Its shadow keeps the page's styles out, and its own in.
export function start(id, { question, alt, data }, css, render) {
  for (const host of document.querySelectorAll(`[data-explorable="${id}"]`)) {
    if (host.shadowRoot) continue;
    const el = made("div");
    const asked = made("p", { className: "question" }, made("b", {}, "Try it: "), question);
    render({ data, el });
    host
      .attachShadow({ mode: "open" })
      .append(made("style", { textContent: css }), made("div", { className: "explorable" }, asked, el));
    host.dataset.lmSuppressShortcuts = "true"; // for a JupyterLab that hears keys before we do
    host.addEventListener("keydown", (event) => event.stopPropagation());
    const before = (image) => host.compareDocumentPosition(image) & Node.DOCUMENT_POSITION_PRECEDING;
    const still = [...document.images].filter((image) => image.alt === alt && before(image)).at(-1);
    if (still) (still.closest(".jp-OutputArea-child") ?? still).style.display = "none";
    shade(host);
    const watch = new MutationObserver(() => shade(host));
    for (const of of [document.documentElement, document.body]) watch.observe(of, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shade(host));
  }
}

// --- Whole numbers

// A count such as 1,450.
export const grouped = (value) => `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");
