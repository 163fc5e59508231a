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
        app.docRegistry.addWidgetExtension('Notebook', {
          createNew: (panel, context) => {
            context.ready.then(() => {
              const { cells } = context.model.toJSON();
              if (cells.some(cell => cell.metadata.nbgrader)) return;
              for (const item of [...panel.toolbar.children()]) {
                if (item.node.textContent.trim() === 'Validate') item.dispose();
              }
            });
          }
        });
      }
    }
  })
};
