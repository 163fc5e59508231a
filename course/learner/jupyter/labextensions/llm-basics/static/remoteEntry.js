// Three things that JupyterLab does in a way that would puzzle learners:
// - of a lesson, nbgrader's Validate would say that it "passes all the tests": there are none;
// - long lines of an output are broken anywhere, in the middle of words too;
// - in the place of a widget whose kernel has ended stands an error.
// What JupyterLab loads as a prebuilt extension is this object; nothing has to be built.
const WHOLE_WORDS =
  '.jp-OutputArea-output.jp-RenderedText pre { word-break: normal; overflow-wrap: anywhere; }';
const NO_WIDGET = 'Error displaying widget: model not found';

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

(window._JUPYTERLAB ??= {})['llm-basics'] = {
  init: () => {},
  get: async () => () => ({
    __esModule: true,
    default: {
      id: 'llm-basics:learners-window',
      autoStart: true,
      activate: app => {
        const style = document.createElement('style');
        style.textContent = WHOLE_WORDS;
        document.head.append(style);
        app.docRegistry.addWidgetExtension('Notebook', {
          createNew: (panel, context) => {
            explainOldWidgets(panel);
            context.ready.then(() => takeValidateFromLesson(panel, context));
          }
        });
      }
    }
  })
};
