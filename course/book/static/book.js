// All answers at once; questions that can be answered; code that can be copied; what is wider than
// the page and scrolls by itself; and what search says without a server.

const answers = document.querySelectorAll("details.answer");
const button = document.querySelector(".all-answers");

function show(all) {
  for (const answer of answers) answer.open = all;
  button.textContent = all ? "Fold all answers" : "Show all answers";
  button.setAttribute("aria-pressed", all);
}

if (button && answers.length) {
  button.hidden = false;
  show(kept.answers);
  button.addEventListener("click", () => {
    keep({ answers: button.getAttribute("aria-pressed") !== "true" });
    show(kept.answers);
  });
}

// Without this script a question is a paragraph and a list of its choices; with it, a form.
let asked = 0;

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

// Code that somebody may want to run. What it printed is not.
function copyButton(pre) {
  const copy = made("button", { type: "button", className: "copy", "aria-live": "polite" }, "Copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent.trimEnd());
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(pre);
      copy.textContent = "Selected";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
  pre.after(copy);
}

for (const pre of document.querySelectorAll("article div.highlight > pre")) {
  if (!pre.closest(".cell_output")) copyButton(pre);
}

// On a telephone a picture is as wide as the page, or its letters can be read and the rest of it
// scrolls: as the reader likes, and the latter for pictures of several panels.
function framed(picture) {
  if (picture.style.display === "none") return; // something that moves stands in its place
  const frame = made("div", { className: "picture" });
  const size = made("button", { type: "button", className: "size" });
  const set = (large) => {
    picture.classList.toggle("large", large);
    size.textContent = large ? "Whole picture" : "Larger";
  };
  const measure = () => {
    picture.style.setProperty("--whole", `${picture.naturalWidth}px`);
    size.hidden = picture.naturalWidth < 400;
    set(picture.naturalWidth > 900);
  };
  picture.replaceWith(frame, size);
  frame.append(picture);
  size.addEventListener("click", () => set(!picture.classList.contains("large")));
  if (picture.complete) measure();
  else picture.addEventListener("load", measure);
}

for (const picture of document.querySelectorAll(".cell_output img")) framed(picture);

// What scrolls by itself has to be reached by keyboard, too.
const scrolling = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const it of document.querySelectorAll("article :is(pre, .table-wrapper, .picture, .formula)")) {
  scrolling.observe(it);
}

// "Back to top" stands where one reads: over an explorable it would lie on the question or on a result.
const under = new Set();
const atTop = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) under[isIntersecting ? "add" : "delete"](target);
    document.documentElement.classList.toggle("over-explorable", under.size > 0);
  },
  { rootMargin: "0px 0px -85% 0px" },
);
for (const it of document.querySelectorAll("[data-explorable]")) atTop.observe(it);

document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");

const results = document.getElementById("search-results");
if (results && location.protocol === "file:") {
  const says = document.createElement("p");
  says.className = "search-says";
  says.textContent =
    "You have opened the book as files. Search then finds pages, but can't quote them. " +
    "With any web server it does: python -m http.server in the book's folder, for instance.";
  results.before(says);
}
