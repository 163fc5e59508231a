// What this browser keeps for its reader, and nobody else sees: where they stopped, what they have
// ticked, whether answers stand open. A browser that stores nothing keeps it until the page is left.

const KEY = "llm-basics";
let stored = true;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    stored = false; // it stores nothing, or what stands there isn't ours
    return {};
  }
}

const kept = { place: null, answers: false, done: {}, checks: {}, ...read() };
const onChange = [];

function keep(changes) {
  Object.assign(kept, changes);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    stored = false;
  }
  for (const tell of onChange) tell();
}

function forget() {
  keep({ place: null, answers: false, done: {}, checks: {} });
  try {
    localStorage.removeItem(KEY);
  } catch {} // there is nothing
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
