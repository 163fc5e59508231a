"""Has every kind of line end, lone surrogates, null characters and a byte order mark."""
# verdict: failed
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["id"] == "softmax":
            cell["source"] = "# \ud800 \u2028\r\ndef softmax(x, dim=-1):\r    return x\r\n"
        if cell["cell_type"] == "markdown":
            cell["source"] = "\ufeff\x00\ud800" + "".join(cell["source"])
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()
