// A reader's place and ticks: at the end of a lesson, at its questions, in the side bar, on page one.

const base = new URL(document.documentElement.dataset.content_root, location.href).href;
const pageOf = (link) => link.href.split("#")[0].slice(base.length);
const here = pageOf(location);
const listed = new Map(); // lessons and exercises in their order: the page's path and its link
for (const link of document.querySelectorAll(".sidebar-tree a.reference")) {
  if (/^(notebooks|release)\//.test(pageOf(link))) listed.set(pageOf(link), link);
}
const titleOf = (page) => listed.get(page).firstChild.textContent.trim();

// The section that crosses the upper third of the screen is the one that is being read.
function follow() {
  const line = { rootMargin: "-30% 0px -70% 0px" };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      const words = [...target.querySelector("h2").childNodes];
      const section = words.filter((it) => !it.classList?.contains("headerlink"))
        .map((it) => it.textContent).join("");
      keep({ place: { page: here, id: target.id, section } });
    }
  }, line);
  for (const heading of document.querySelectorAll("article section > h2")) {
    seen.observe(heading.parentElement);
  }
}

function doneBox() {
  const kind = here.startsWith("notebooks/") ? "lesson" : "exercise";
  const box = made("input", { type: "checkbox" });
  const notKept = made("p", { role: "status", className: "controls" });
  box.addEventListener("change", () => {
    const { [here]: _, ...others } = kept.done;
    keep({ done: box.checked ? { ...others, [here]: true } : others });
    notKept.textContent = stored ? "" : "Your browser stores nothing, so this lasts until you leave the page.";
  });
  onChange.push(() => (box.checked = here in kept.done));
  const end = document.querySelector("article > section") ?? document.querySelector("article");
  end.append(made("label", { className: "done" }, box, ` I'm done with this ${kind}`), notKept);
}

// A question of "Check yourself" is known by its words, so that a new one moves no tick.
function selfCheck(question) {
  const summary = question.querySelector("summary");
  const words = summary.textContent.trim();
  const mark = made("span", { className: "mark" });
  summary.append(mark);
  const buttons = [["Got it", true], ["Not yet", false]].map(([label, got]) => {
    const pressed = () => kept.checks[here]?.[words] === got;
    const one = made("button", { type: "button" }, label);
    one.addEventListener("click", () => {
      const { [words]: _, ...others } = kept.checks[here] ?? {};
      const mine = pressed() ? others : { ...others, [words]: got };
      keep({ checks: { ...kept.checks, [here]: mine } });
    });
    onChange.push(() => one.setAttribute("aria-pressed", pressed()));
    return one;
  });
  onChange.push(() => {
    const got = kept.checks[here]?.[words];
    mark.textContent = got === undefined ? "" : got ? " ✓ got it" : " … not yet";
  });
  question.append(made("div", { className: "self-check", role: "group", "aria-label": "Did you know it?" }, ...buttons));
}

function inSideBar() {
  for (const old of document.querySelectorAll(".sidebar-tree .tick")) old.remove();
  for (const page of Object.keys(kept.done)) {
    const tick = made("span", { className: "tick", role: "img", "aria-label": "done" }, "✓");
    listed.get(page)?.append(" ", tick);
  }
}

function linkTo(page, id, ...words) {
  return made("a", { href: `${base}${page}${id ? `#${id}` : ""}` }, ...words);
}

const count = (n, of, what) => `${n} of ${of} ${what}`;

// Nothing until there is something to say. The side bar says it in brief.
function progress(brief) {
  const pages = [...listed.keys()];
  const done = pages.filter((page) => page in kept.done);
  const checks = pages.flatMap((page) => Object.values(kept.checks[page] ?? {}));
  const said = [];
  const { place } = kept;
  if (place && listed.has(place.page)) {
    said.push(made("p", {}, "You stopped at ", linkTo(place.page, place.id, titleOf(place.page), ": ", place.section)));
  }
  if (done.length) {
    const parts = [["notebooks/", "lessons"], ["release/", "exercises"]].map(([folder, what]) =>
      count(...[done, pages].map((some) => some.filter((page) => page.startsWith(folder)).length), what));
    said.push(made("p", {}, `Done: ${parts.join(" and ")}.`));
  }
  if (checks.length && !brief) {
    const got = checks.filter(Boolean).length;
    said.push(made("p", {}, `Questions of "Check yourself": ${got} got, ${checks.length - got} not yet.`));
  }
  const again = pages.filter((page) => Object.values(kept.checks[page] ?? {}).includes(false));
  if (again.length && !brief) {
    const links = again.flatMap((page) => [", ", linkTo(page, "check-yourself", titleOf(page))]).slice(1);
    said.push(made("p", {}, "Come back to: ", ...links));
  }
  if (!said.length && !checks.length) return [];
  if (!brief) said.push(made("p", {}, "Your browser keeps this, and nobody else sees it."));
  const gone = made("button", { type: "button" }, "Forget my place and ticks");
  gone.addEventListener("click", forget);
  return [...said, gone];
}

if (listed.has(here)) {
  doneBox();
  for (const question of document.querySelectorAll("#check-yourself > details")) selfCheck(question);
  follow();
}

function progressBehind(element, brief) {
  const place = made("div", { className: "progress" });
  element?.after(place);
  onChange.push(() => place.replaceChildren(...progress(brief)));
}

progressBehind(document.querySelector(".sidebar-search-container"), true);
if (["", "index.html"].includes(here)) progressBehind(document.querySelector("article h1 + p"), false);
onChange.push(inSideBar);
tellAll();
