"""Attaches a page to the written answer, named like a file elsewhere."""
# verdict: failed
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["id"] == "written-scaling":
            cell["attachments"] = {
                "../../attacked.html": {"text/html": "<script>attacked</script>"},
                "x.png": {"image/png": "\"><script>attacked</script>"},
                "y.svg": {"image/svg+xml": "<svg onload='attacked'/>"},
            }
            cell["source"] = "![x](attachment:x.png) ![y](attachment:y.svg)"
    return json.dumps(notebook).encode()
