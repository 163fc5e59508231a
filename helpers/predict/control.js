// What a reader sees of a question that helpers.predict asks: choices, or a field for a number, and
// Commit. Then the next cell of code is the active one, so that Shift+Enter runs the measurement; but
// where the same cell asks more, its next question comes first.

let asked = 0; // radio buttons with the same name are one group

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

function field() {
  const input = made("input", { type: "number", step: "any", required: true });
  return [made("label", {}, "Your number: ", input)];
}

// The next cell of code, in JupyterLab and Jupyter Notebook; null elsewhere.
function nextCell(el) {
  let cell = el.closest(".jp-Cell");
  do cell = cell?.nextElementSibling;
  while (cell && !cell.classList.contains("jp-CodeCell"));
  return cell ?? null;
}

// What the same cell still asks, below this question or above it.
function nextQuestion(el) {
  const open = el.closest(".jp-Cell")?.querySelectorAll(".prediction-control fieldset:enabled");
  const all = [...(open ?? [])];
  const below = (group) => el.compareDocumentPosition(group) & Node.DOCUMENT_POSITION_FOLLOWING;
  return all.find(below) ?? all[0];
}

// A cell that has the focus is the active one; one that is no editor takes keys as commands.
function goTo(cell) {
  cell.focus();
  if (!cell.contains(document.activeElement)) cell.querySelector(".cm-content")?.focus();
}

// Who has just run the question goes on with it; nobody is called back from anywhere else.
function reach(el) {
  const at = document.activeElement;
  if (at.closest(".cm-content")) return;
  if (at === el.closest(".jp-Cell") || (at !== document.body && at === nextCell(el))) {
    el.querySelector("input")?.focus();
  }
}

function render({ model, el }) {
  const options = model.get("options");
  const legend = made("legend", {}, made("b", {}, "Predict:"), ` ${model.get("question")}`);
  const answers = options.length ? choices(options) : field();
  const button = made("button", { type: "submit" }, "Commit");
  const group = made("fieldset", {}, legend, ...answers, button);
  const said = made("p", { role: "status", ariaLive: "polite" });
  const form = made("form", { className: "prediction-control" }, group, said);
  form.dataset.lmSuppressShortcuts = "true"; // for a JupyterLab that hears keys before the form does

  function show() {
    const committed = model.get("committed");
    if (committed === null) return;
    for (const input of form.querySelectorAll("input")) {
      if (input.type === "radio") input.checked = input.value === committed;
      else input.value = committed;
    }
    group.disabled = true;
    const then = nextCell(el) ? " Now press Shift+Enter." : " Now run the next cell.";
    said.textContent = `Noted: ${committed}.${nextQuestion(el) ? "" : then}`;
  }

  function commit() {
    if (model.get("committed") !== null || !form.reportValidity()) return;
    const input = form.querySelector("input:checked, input[type=number]");
    const committed = input.type === "number" ? input.valueAsNumber : input.value;
    model.set("committed", committed);
    // A state that is saved may wait for an earlier one, and then come after the measurement.
    model.send({ committed });
    const question = nextQuestion(el);
    const cell = nextCell(el);
    if (question) question.querySelector("input").focus();
    else if (cell) goTo(cell);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    commit();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation(); // else "a", "b" and "d, d" are JupyterLab's
    if (event.key !== "Enter") return;
    event.preventDefault();
    const cell = nextCell(el);
    if (event.shiftKey && cell && !form.checkValidity()) goTo(cell);
    else commit();
  });
  model.on("change:committed", show);
  el.replaceChildren(form);
  show();
  model.send({ in_sight: true });
  const frame = requestAnimationFrame(() => reach(el)); // the output is in the page by then
  return () => {
    cancelAnimationFrame(frame);
    model.off("change:committed", show);
  };
}

export default { render };
