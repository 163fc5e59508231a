// All answers at once, remembered from page to page; pictures that a telephone would make too small;
// and what search says without a server.

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
for (const answer of answers) {
  const summary = answer.querySelector("summary");
  const say = () => { summary.textContent = answer.open ? "The answer" : "Show the answer"; };
  answer.addEventListener("toggle", say);
  say();
}

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
