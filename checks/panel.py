"""What a failed test shows in JupyterLab: the facts, and what came back beside what was expected.

It takes its colours from the theme. Wrong numbers are bold, underlined and on a tinted ground, and
a screen reader hears that they are wrong.
"""

from __future__ import annotations

from html import escape

from checks.message import Table, WrongAnswer

_STYLE = """
.checks-panel.checks-panel { margin: 0.2em 0 0.6em; padding: 0.5em 0.9em;
  border: 1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.4)); border-radius: 3px;
  border-left: 4px solid #d55e00; color: var(--jp-content-font-color1, inherit);
  font: 13px/1.5 var(--jp-content-font-family, system-ui, sans-serif); }
.checks-panel dl { display: flex; flex-wrap: wrap; gap: 0.4em 2.4em; margin: 0; }
.checks-panel dl > div { flex: 1 1 100%; display: flex; gap: 0.9em; min-width: 0; }
.checks-panel dl > .numbers { flex: 0 1 auto; display: block; max-width: 100%; }
.checks-panel dt { float: none; flex: none; width: 6.2em; margin: 0; font-weight: 600; }
.checks-panel .numbers dt { width: auto; }
.checks-panel dd { float: none; flex: 1; width: auto; min-width: 0; max-width: 60em; margin: 0;
  padding: 0; overflow-x: auto; font: 12px/1.5 var(--jp-code-font-family, monospace);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.checks-panel .numbers p { margin: 0; max-width: 34em; }
.checks-panel .place { font-weight: normal; opacity: 0.8; }
.checks-panel table { border-collapse: collapse; border: none; margin: 0.3em 0 0.4em; width: auto;
  color: inherit; font: inherit; line-height: 1.4; font-variant-numeric: tabular-nums; }
.checks-panel table :is(tr, tr:nth-child(odd), tr:hover) { background: none !important; }
.checks-panel td, .checks-panel th { position: relative; padding: 0.15em 0.5em !important;
  text-align: right; white-space: nowrap;
  border: 1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.4)); }
.checks-panel th, .checks-panel tr:first-child td { border: none; font-weight: normal;
  opacity: 0.7; }
.checks-panel td.wrong { background: rgba(213, 94, 0, 0.22); }
.checks-panel mark { background: none; color: inherit; font-weight: bold;
  text-decoration: underline 2px; text-underline-offset: 2px; }
.checks-panel .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }
"""


def panel(wrong: WrongAnswer) -> str:
    """HTML with all that a message says below its headline."""
    tables = {table.label: table for table in wrong.tables}
    # Those with a table stand together.
    beside = "".join(_with_table(f, tables[label]) for label, f in wrong.facts if label in tables)
    rows = []
    for label, fact in wrong.facts:
        if label not in tables:
            rows.append(f"<div><dt>{escape(label)}</dt><dd>{escape(fact)}</dd></div>")
        elif beside:
            rows.append(beside)
            beside = ""
    return f'<style>{_STYLE}</style><div class="checks-panel"><dl>{"".join(rows)}</dl></div>'


def _with_table(fact: str, table: Table) -> str:
    where = f' <span class="place">({escape(table.place)})</span>' if table.place else ""
    return (
        f'<div class="numbers"><dt>{escape(table.label)}{where}</dt>'
        f"<dd>{_drawn(table)}<p>{escape(fact)}</p></dd></div>"
    )


def _drawn(table: Table) -> str:
    """A table with the numbers of its rows and columns."""
    row, column = table.begins
    numbers = range(column, column + max(map(len, table.cells)))
    head = "".join(f'<th scope="col">{number}</th>' for number in numbers)
    lines = [f"<tr><td></td>{head}</tr>"]
    for i, cells in enumerate(table.cells):
        drawn = "".join(_cell(cell, (i, j) in table.wrong) for j, cell in enumerate(cells))
        lines.append(f'<tr><th scope="row">{row + i}</th>{drawn}</tr>')
    return f"<table>{''.join(lines)}</table>"


def _cell(text: str, wrong: bool) -> str:
    if not wrong:
        return f"<td>{escape(text)}</td>"
    spoken = '<span class="spoken"> (wrong)</span>'
    return f'<td class="wrong"><mark>{escape(text)}</mark>{spoken}</td>'
