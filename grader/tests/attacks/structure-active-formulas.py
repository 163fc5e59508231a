"""Redefines, for the whole page, what the formulas of the course and of the mark scheme say."""
# verdict: failed
import json

TEXT = r"""$\def\sum{attacked}$ $\gdef\sum{attacked}$ $\global\let\sum=\attacked$
$\newcommand{\sum}{attacked}$ $\renewcommand\frac[2]{attacked}$ $\DeclareMathOperator{\sum}{attacked}$
$\renewenvironment{aligned}{attacked}{}$ $\require{begingroup}\begingroup\definecolor{red}{attacked}$
$\ce{$\def\sum{attacked}$}$ $$\begin{equation}\label{eq:attacked}\mmlToken{mi}[href='attacked']{x}
\end{equation}$$ &#36;&#92;def&bsol;sum{attacked}&#36; &#36;\d&#x65;f\sum{attacked}&#36;
""" + "$\\d\x00ef\\sum{attacked}$"


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = TEXT
    own = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": TEXT}
    notebook["cells"].insert(0, own)
    return json.dumps(notebook).encode()
