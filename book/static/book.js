// All answers at once, remembered from page to page, and what search says without a server.

const answers = document.querySelectorAll("details.answer");
const button = document.querySelector(".toggle-answers");
if (button && answers.length) {
  const show = (all) => {
    for (const answer of answers) answer.open = all;
    button.setAttribute("aria-pressed", all);
  };
  let all = false;
  try { all = localStorage.getItem("all-answers") === "yes"; } catch {}
  button.hidden = false;
  if (all) show(true);
  button.addEventListener("click", () => {
    all = !all;
    show(all);
    try { localStorage.setItem("all-answers", all ? "yes" : "no"); } catch {}
  });
}
