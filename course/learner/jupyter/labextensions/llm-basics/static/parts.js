// Below each answer of an exercise: the next hint, a check, a solution, each a click away.
// Nothing of it is in the notebook. A check runs the answer and the test below it as Shift+Enter
// does; hidden tests and solutions are read by the kernel, from the course that lies beside work/.
const UNWRITTEN = /raise NotImplementedError|YOUR (CODE|ANSWER) HERE/;
const MODULE = '__import__("course.learner.parts", fromlist=["parts"])';
const TRY_FIRST =
  'First write something of your own in the cell above, even if it fails: a solution that you ' +
  'have not missed teaches you little. The hints are there to get you started.';
const ONCE_MORE = 'Have one more try before you unfold it: you will remember what you find yourself.';

/** Give a notebook's answers their bars, if it is somebody's copy of an exercise. */
export function offerParts(app, panel, context) {
  const [folder, file] = context.path.split('/').slice(-2);
  if (file !== `${folder}.ipynb`) return;
  const notebook = panel.content;
  const decorate = () => {
    for (const cell of notebook.widgets) {
      const about = cell.model.getMetadata('nbgrader');
      if (!about?.solution) continue;
      cell.ready.then(() => {
        if (cell.isDisposed || cell.node.querySelector('.llm-part')) return;
        new Part(app, panel, cell, folder, about).show();
      });
    }
  };
  decorate();
  notebook.model.cells.changed.connect(() => requestAnimationFrame(decorate));
}

class Part {
  constructor(app, panel, cell, exercise, about) {
    Object.assign(this, { app, panel, cell, exercise, name: about.grade_id, byHand: about.grade });
  }

  show() {
    const bar = document.createElement('div');
    bar.className = 'llm-part';
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', `Help with ${this.name}`);
    this.said = document.createElement('div');
    this.said.className = 'llm-part-says';
    this.said.setAttribute('role', 'status');
    if (this.hints().length) bar.append(this.button('Hint', () => this.hint()));
    if (this.tests().length) bar.append(this.button('Check', () => this.check()));
    bar.append(this.button('Solution', () => this.solution()), this.said);
    this.cell.node.append(bar);
  }

  button(text, act) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', async event => {
      event.stopPropagation();
      made.disabled = true;
      try {
        await act();
      } catch (error) {
        this.say(`That did not work: ${error.message}`);
      } finally {
        made.disabled = false;
      }
    });
    return made;
  }

  say(...parts) {
    this.said.replaceChildren(...parts);
  }

  get cells() {
    return this.panel.content.widgets;
  }

  /** The hints in the texts between the answer before this one and this one, unread ones too. */
  hints() {
    const texts = [];
    for (let i = this.cells.indexOf(this.cell) - 1; i >= 0; i--) {
      const { model, node } = this.cells[i];
      if (model.getMetadata('nbgrader')?.solution) break;
      if (model.type !== 'markdown') continue;
      const hint = /<summary>Hint/.test(model.sharedModel.getSource());
      if (hint) texts.unshift(node);
    }
    return texts;
  }

  hint() {
    const folds = this.hints().flatMap(text => [...text.querySelectorAll('details')]);
    const hints = folds.filter(fold => /^Hint/.test(fold.querySelector('summary')?.textContent));
    const next = hints.find(fold => !fold.open);
    if (!next) {
      this.say('All hints are unfolded, above this cell.');
      hints[0]?.scrollIntoView({ block: 'nearest' });
      return;
    }
    next.open = true;
    next.scrollIntoView({ block: 'nearest' });
    const left = hints.filter(fold => !fold.open).length;
    this.say(`${next.querySelector('summary').textContent} is unfolded above; ${left} more.`);
  }

  /** The test that stands below the answer, if any. */
  tests() {
    const below = this.cells.slice(this.cells.indexOf(this.cell) + 1);
    const next = below.find(cell => cell.model.type === 'code');
    const test = next?.model.getMetadata('nbgrader')?.grade_id === `${this.name}-visible`;
    const trial = next?.model.id.startsWith('check-');
    return !this.byHand && (test || trial) ? [next] : [];
  }

  async check() {
    this.say('Checking …');
    const [test] = this.tests();
    if (!(await this.run(this.cell))) return this.say('✗ This cell ends in an error, told below it.');
    const passes = await this.run(test);
    this.activate(this.cell);
    if (!passes) return this.say('✗ The test below says what is not right yet.');
    const graded = test.model.getMetadata('nbgrader');
    if (!graded) return this.say('✓ The test below passes.');
    await this.ask('hidden_tests');
  }

  /** Run a cell as if by hand, and say whether it came to its end. */
  async run(cell) {
    this.activate(cell);
    await this.app.commands.execute('notebook:run-cell');
    const { outputs } = cell.model;
    return !Array.from({ length: outputs.length }, (_, i) => outputs.get(i)).some(
      output => output.type === 'error'
    );
  }

  activate(cell) {
    const notebook = this.panel.content;
    notebook.activeCellIndex = this.cells.indexOf(cell);
    notebook.deselectAll();
  }

  async solution() {
    if (UNWRITTEN.test(this.cell.model.sharedModel.getSource())) return this.say(TRY_FIRST);
    await this.ask('solution');
    const fold = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = `A solution of ${this.name}. ${ONCE_MORE}`;
    fold.append(summary, ...this.said.childNodes);
    this.say(fold);
  }

  /** Have the kernel call a function of course.learner.parts, and show what it returns. */
  async ask(what) {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!kernel) throw new Error('no kernel runs; choose Kernel, Restart Kernel in the menu');
    const call = `${MODULE}.${what}(${JSON.stringify(this.exercise)}, ${JSON.stringify(this.name)})`;
    const asked = kernel.requestExecute({
      code: '', silent: true, store_history: false, user_expressions: { told: call }
    });
    const { content } = await asked.done;
    const told = content.user_expressions?.told;
    if (told?.status !== 'ok') throw new Error(told?.evalue ?? 'the kernel did not answer');
    const { rendermime } = this.panel.content;
    const type = rendermime.preferredMimeType(told.data, 'ensure');
    const drawn = rendermime.createRenderer(type);
    await drawn.renderModel(rendermime.createModel({ data: told.data, trusted: true }));
    this.say(drawn.node);
    rendermime.latexTypesetter?.typeset(drawn.node);
  }
}
