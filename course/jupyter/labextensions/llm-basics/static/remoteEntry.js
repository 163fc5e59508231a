// Of a lesson, nbgrader's Validate would say that it "passes all the tests": there are none.
// What JupyterLab loads as a prebuilt extension is this object; nothing has to be built.
(window._JUPYTERLAB ??= {})['llm-basics'] = {
  init: () => {},
  get: async () => () => ({
    __esModule: true,
    default: {
      id: 'llm-basics:validate-exercises-only',
      autoStart: true,
      activate: app => {
        // JupyterLab breaks long lines of an output anywhere, in the middle of words too.
        const style = document.createElement('style');
        style.textContent =
          '.jp-OutputArea-output.jp-RenderedText pre { word-break: normal; overflow-wrap: anywhere; }';
        document.head.append(style);
        app.docRegistry.addWidgetExtension('Notebook', {
          createNew: (panel, context) => {
            context.ready.then(() => {
              const { cells } = context.model.toJSON();
              if (cells.some(cell => cell.metadata.nbgrader)) return;
              // What does not fit into the toolbar stands in what its "…" opens.
              const { toolbar } = panel;
              const more = toolbar.popupOpener;
              const folded = Array.from({ length: more.widgetCount() }, (_, i) => more.widgetAt(i));
              for (const item of [...toolbar.children(), ...folded]) {
                if (item.node.dataset.jpItemName === 'runAll') item.dispose(); // nbgrader's name
              }
            });
          }
        });
      }
    }
  })
};
