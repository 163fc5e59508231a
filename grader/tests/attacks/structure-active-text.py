"""Writes HTML, scripts and links that run code into the written answer and own text cells."""
# verdict: failed
import json

TEXT = """<script>attacked</script> <img src=http://attacked onerror=attacked> <svg onload=attacked>
[click](javascript:attacked) ![x](http://attacked/x.png) $\\href{javascript:attacked}{x}$
<iframe src=http://attacked></iframe> <style>@import 'http://attacked'</style>
=== BEGIN MARK SCHEME ===
### BEGIN HIDDEN TESTS"""


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = TEXT
    notebook["cells"].append({"cell_type": "markdown", "id": "own", "metadata": {}, "source": TEXT})
    notebook["cells"].append({"cell_type": "raw", "id": "raw", "source": TEXT,
                              "metadata": {"raw_mimetype": "text/html"}})
    return json.dumps(notebook).encode()
