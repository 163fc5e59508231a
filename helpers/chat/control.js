// What a reader sees of a conversation that helpers.chat holds: what was said, a field to type into,
// and buttons to send and to stop. Pieces of an answer are appended as they come.

const PATIENCE = 4000; // milliseconds until it is said that the kernel has not answered
const UNHEARD =
  "The kernel has not answered yet. If a cell is running, the answer comes after it. " +
  "If the kernel was restarted, run the cells above again.";

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function turn({ who, text, details }, name) {
  const speaker = { you: "You", model: name, error: "Error" }[who];
  const said = made("span", { className: "said" }, text);
  const shown = made("div", { className: `turn ${who}` }, made("b", {}, `${speaker}: `), said);
  if (details) shown.append(made("pre", { tabIndex: 0, ariaLabel: "The error in full" }, details));
  return shown;
}

// Who has just run the cell goes on here; nobody is called back from anywhere else.
function reach(el, field) {
  const at = document.activeElement;
  if (at.closest(".cm-content")) return;
  const cell = el.closest(".jp-Cell");
  if (cell && (at === cell || at === cell.nextElementSibling)) field.focus();
}

function render({ model, el }) {
  const name = model.get("name");
  const log = made("div", { className: "log", role: "log", tabIndex: 0, ariaLabel: "What was said" });
  log.ariaLive = "polite";
  const field = made("input", { type: "text", autocomplete: "off", spellcheck: false });
  const label = made("label", {}, "You: ", field);
  const send = made("button", { type: "submit" }, "Send");
  const stop = made("button", { type: "button", disabled: true }, "Stop");
  const status = made("p", { role: "status", ariaLive: "polite" });
  const form = made("form", {}, label, send, stop);
  const box = made("section", { className: "chat-box", ariaLabel: `A conversation with ${name}` });
  box.append(log, form, status);
  box.dataset.lmSuppressShortcuts = "true"; // for a JupyterLab that hears keys before the box does
  let waiting = 0;
  let writing = false;

  function tell(text) {
    status.textContent = text;
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
  }

  function show() {
    log.replaceChildren(...model.get("turns").map((each) => turn(each, name)));
    toEnd();
  }

  function busy(now) {
    writing = now;
    log.ariaBusy = String(now); // an answer is read aloud once it is there
    stop.disabled = !now;
  }

  function ask() {
    const text = field.value.trim();
    if (writing) tell(`${name} is still writing. Your text stays here: send it after that, or stop.`);
    else if (!text) tell("Type something first.");
    else {
      field.value = "";
      busy(true);
      tell(`${name} is writing …`);
      waiting = setTimeout(() => {
        busy(false);
        tell(UNHEARD);
      }, PATIENCE);
      model.send({ said: text });
    }
  }

  function hear(said) {
    clearTimeout(waiting);
    if ("began" in said) {
      busy(true);
      tell(`${name} is writing …`);
      const both = [{ who: "you", text: said.began }, { who: "model", text: "" }];
      log.append(...both.map((each) => turn(each, name)));
      toEnd();
    } else if ("piece" in said) {
      const last = log.querySelector(".turn:last-child .said");
      const below = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      last?.append(said.piece);
      if (below) toEnd();
    } else if ("busy" in said) {
      tell(`${name} was still writing, so this was not sent: ${said.busy}`);
    } else if ("ended" in said) {
      busy(false);
      const all = model.get("turns").length; // one who came late has missed some
      if (said.ended === "failed" || log.children.length !== all) show();
      tell({ stopped: "Stopped.", failed: "Your code raised an error.", done: "" }[said.ended]);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  stop.addEventListener("click", () => {
    model.send({ stop: true });
    tell("Stopping …");
    field.focus();
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // else "a", "b" and "d, d" are JupyterLab's
    if (event.key !== "Enter" || event.target !== field || event.isComposing) return;
    event.preventDefault(); // Shift+Enter sends, too
    ask();
  });
  model.on("msg:custom", hear);
  el.replaceChildren(box);
  show();
  const frame = requestAnimationFrame(() => {
    reach(el, field); // the output is in the page by then
    toEnd();
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(waiting);
    model.off("msg:custom", hear);
  };
}

export default { render };
