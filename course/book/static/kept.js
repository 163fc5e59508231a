// What this browser keeps for its reader, and nobody else sees: where they stopped, what they have
// ticked, whether answers stand open. A browser that stores nothing keeps it until the page is left.

const KEY = "llm-basics";

// It comes before the theme's own script, which would give up where it can't ask for a colour.
try {
  localStorage.getItem(KEY);
} catch {
  const nothing = { getItem: () => null, setItem() {}, removeItem() {} };
  Object.defineProperty(window, "localStorage", { value: nothing });
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // what stands there isn't ours
  }
}

const NOTHING = { place: null, answers: false, done: {}, checks: {} };
const kept = { ...NOTHING, ...read() };
const onChange = [];
let stored = true;

function tellAll() {
  for (const tell of onChange) tell();
}

// Another tab has kept something, or this page comes back from behind a later one.
function readAgain() {
  Object.assign(kept, NOTHING, read());
  tellAll();
}
addEventListener("storage", readAgain);
addEventListener("pageshow", (event) => event.persisted && readAgain());

function keep(changes) {
  const text = JSON.stringify(Object.assign(kept, changes));
  try {
    localStorage.setItem(KEY, text);
  } catch {} // it is full
  stored = localStorage.getItem(KEY) === text;
  tellAll();
}

function forget() {
  keep(NOTHING);
  localStorage.removeItem(KEY);
}

function made(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
