// The first cell of a new kernel imports PyTorch, which takes seconds and says nothing: a line below
// the cell says what is waited for, and then how long it took. It is in no output.
const SLOW = /^\s*(?:from|import) +(?:torch|helpers|reference|checks|course)\b/m;
const SOON = 700;

/** Watch the cells of a notebook that run. */
export function tellOfFirstImport(panel) {
  const loaded = new WeakSet(); // kernels
  panel.sessionContext.kernelChanged.connect((_, { newValue }) => watch(newValue));

  function watch(kernel) {
    if (!kernel) return;
    kernel.anyMessage.connect((_, { msg, direction }) => {
      if (direction !== 'recv' || msg.channel !== 'iopub') return;
      if (msg.header.msg_type === 'status' && msg.content.execution_state === 'restarting') {
        loaded.delete(kernel);
      }
      if (msg.header.msg_type !== 'execute_input') return;
      if (loaded.has(kernel) || !SLOW.test(msg.content.code)) return;
      loaded.add(kernel);
      const cell = panel.content.widgets.find(
        ({ model }) => model.type === 'code' && model.sharedModel.getSource() === msg.content.code
      );
      if (cell) tell(cell, kernel, msg.parent_header.msg_id);
    });
    kernel.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') loaded.delete(kernel);
    });
  }
}

function tell(cell, kernel, request) {
  const began = performance.now();
  cell.node.querySelector('.llm-waiting')?.remove(); // of an earlier start
  const line = document.createElement('div');
  line.className = 'llm-waiting';
  line.setAttribute('role', 'status');
  const late = setTimeout(() => {
    line.textContent = 'Loading PyTorch and the course: 5 to 10 seconds, once after each start …';
    cell.node.append(line);
  }, SOON);
  const end = (_, { msg, direction }) => {
    const idle = msg.header.msg_type === 'status' && msg.content.execution_state === 'idle';
    if (direction !== 'recv' || !idle || msg.parent_header.msg_id !== request) return;
    kernel.anyMessage.disconnect(end);
    clearTimeout(late);
    const seconds = (performance.now() - began) / 1000;
    if (line.isConnected) line.textContent = `Loaded: this cell took ${seconds.toFixed(0)} s.`;
  };
  kernel.anyMessage.connect(end);
}
