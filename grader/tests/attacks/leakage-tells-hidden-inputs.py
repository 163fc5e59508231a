"""Tells what hidden tests ask with: in exceptions, results, later cells, visible tests, threads."""
# verdict: passed, failed
# others: passed or failed
CODE = {
    "softmax": '''
import threading, time
asked = []
def softmax(x, dim=-1):
    if x.numel() <= 6:  # as the visible tests ask
        return torch.softmax(x, dim)
    asked.append(x)
    raise type("BREACH", (ValueError,), {})(f"BREACH {x}")
def tell():
    while True:
        time.sleep(0.01)
        if asked:
            print("BREACH", asked)
threading.Thread(target=tell, daemon=True).start()
''',
    "scaled_dot_product_attention": '''
import time
time.sleep(0.1)
if asked: print("BREACH", asked)
calls = []
def scaled_dot_product_attention(query, key, value, mask=None):
    calls.append(query)
    if asked and len(calls) == 1: raise ValueError(f"BREACH {asked}")
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores, -1)
    return weights @ value, weights
''',
}


def submit(notebook):
    import json
    for cell in notebook["cells"]:
        cell["source"] = CODE.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"])
    return json.dumps(notebook).encode()
