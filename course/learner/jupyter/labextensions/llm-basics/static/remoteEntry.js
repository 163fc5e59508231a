// What JupyterLab does in a way that would puzzle learners, and what exercises lack in it:
// - of a lesson, nbgrader's Validate would say that it "passes all the tests": there are none;
// - in the place of a widget whose kernel has ended stands an error;
// - on a telephone the list of files leaves no room for the lesson;
// - beside it: window.css (whole words, pictures in the dark), parts.js (hint, check and solution
//   below each answer) and waiting.js (what the first import waits for).
// What JupyterLab loads as a prebuilt extension is this object; nothing has to be built.
const HERE = document.currentScript.src;
const NO_WIDGET = 'Error displaying widget: model not found';
const TELEPHONE = '(max-width: 600px)';

function takeValidateFromLesson(panel, context) {
  const { cells } = context.model.toJSON();
  if (cells.some(cell => cell.metadata.nbgrader)) return;
  // What does not fit into the toolbar stands in what its "…" opens.
  const { toolbar } = panel;
  const more = toolbar.popupOpener;
  const folded = Array.from({ length: more.widgetCount() }, (_, i) => more.widgetAt(i));
  for (const item of [...toolbar.children(), ...folded]) {
    if (item.node.dataset.jpItemName === 'runAll') item.dispose(); // nbgrader's name
  }
}

function explainOldWidgets(panel) {
  const observer = new MutationObserver(changes => {
    for (const { target } of changes) {
      if (target.childNodes.length === 1 && target.firstChild.data === NO_WIDGET) {
        target.textContent = 'From an earlier session. Run this cell again to use it.';
      }
    }
  });
  observer.observe(panel.node, { childList: true, subtree: true });
  panel.disposed.connect(() => observer.disconnect());
}

function addStyle() {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('window.css', HERE);
  document.head.append(link);
}

(window._JUPYTERLAB ??= {})['llm-basics'] = {
  init: () => {},
  get: async () => {
    const { offerParts } = await import(new URL('parts.js', HERE));
    const { tellOfFirstImport } = await import(new URL('waiting.js', HERE));
    return () => ({
      __esModule: true,
      default: {
        id: 'llm-basics:learners-window',
        autoStart: true,
        activate: app => {
          addStyle();
          app.restored.then(() => {
            if (matchMedia(TELEPHONE).matches) app.shell.collapseLeft?.();
          });
          app.docRegistry.addWidgetExtension('Notebook', {
            createNew: (panel, context) => {
              explainOldWidgets(panel);
              tellOfFirstImport(panel);
              context.ready.then(() => {
                takeValidateFromLesson(panel, context);
                offerParts(app, panel, context);
              });
            }
          });
        }
      }
    });
  }
};
