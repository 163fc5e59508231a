"""Hands in modules and configuration that Python and nbgrader would load from the same folder."""
# verdict: failed
ATTACK = "from pathlib import Path\nPath('@course@/attacked').write_text('x')\n"


def hand_in(folder, notebook):
    (folder / "1-attention.ipynb").write_bytes(notebook)
    for name in ("torch.py", "checks.py", "sitecustomize.py", "nbgrader_config.py", "conftest.py",
                 "ipython_config.py", "json.py"):
        (folder / name).write_text(ATTACK)
