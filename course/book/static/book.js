// All answers at once, remembered from page to page; questions that can be answered; pictures that a
// telephone would make too small; and what search says without a server.

const answers = document.querySelectorAll("details.answer");
const button = document.querySelector(".all-answers");

function remembered(value) {
  try {
    if (value !== undefined) localStorage.setItem("all-answers", value);
    return localStorage.getItem("all-answers") === "shown";
  } catch {
    return false; // a browser that stores nothing
  }
}

function show(all) {
  for (const answer of answers) answer.open = all;
  button.textContent = all ? "Fold all answers" : "Show all answers";
  button.setAttribute("aria-pressed", all);
}

if (button && answers.length) {
  button.hidden = false;
  show(remembered());
  button.addEventListener("click", () => {
    const all = button.getAttribute("aria-pressed") !== "true";
    remembered(all ? "shown" : "folded");
    show(all);
  });
}

// Without this script a question is a paragraph and a list of its choices; with it, a form.
let asked = 0;

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function choices(options) {
  const name = `prediction-${++asked}`;
  return options.map((value) =>
    made("label", {}, made("input", { type: "radio", required: true, name, value }), ` ${value}`)
  );
}

function form(question) {
  const [text, ...rest] = question.children;
  const options = [...question.querySelectorAll("li")].map((item) => item.textContent);
  const answer = options.length
    ? choices(options)
    : [made("label", {}, "Your number: ", made("input", { type: "number", step: "any", required: true }))];
  const group = made("fieldset", {}, made("legend", {}, ...text.childNodes), ...answer,
    made("button", { type: "submit" }, "Commit"));
  const said = made("p", { role: "status" });
  const whole = made("form", {}, group, said);
  whole.addEventListener("submit", (event) => {
    event.preventDefault();
    commit(whole, group, said);
  });
  for (const old of [text, ...rest]) old.remove();
  question.append(whole);
}

// What answers a question is folded behind it; several questions may have one answer.
function foldBehind(element) {
  const behind = (fold) =>
    element.compareDocumentPosition(fold) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...answers].find(behind);
}

function commit(whole, group, said) {
  const chosen = whole.querySelector("input:checked, input[type=number]").value;
  const fold = foldBehind(whole);
  group.disabled = true;
  said.textContent = `Noted: ${chosen}.`;
  if (!fold) return;
  const last = [...fold.querySelectorAll(":scope > summary, :scope > .predicted")].at(-1);
  last.after(made("p", { className: "predicted" }, "You predicted: ", made("b", {}, chosen)));
  const open = [...document.querySelectorAll(".prediction fieldset:enabled")];
  const next = open.find((other) => foldBehind(other) === fold);
  if (next) {
    next.querySelector("input").focus();
    return;
  }
  said.textContent += " What came out stands open below.";
  fold.open = true;
  fold.querySelector("summary").focus();
}

for (const question of document.querySelectorAll(".prediction")) form(question);

addEventListener("load", () => {
  for (const picture of document.querySelectorAll(".cell_output img")) {
    picture.classList.toggle("wide", picture.naturalWidth > 900);
  }
});

const results = document.getElementById("search-results");
if (results && location.protocol === "file:") {
  const says = document.createElement("p");
  says.className = "search-says";
  says.textContent =
    "You have opened the book as files. Search then finds pages, but can't quote them. " +
    "With any web server it does: python -m http.server in the book's folder, for instance.";
  results.before(says);
}
