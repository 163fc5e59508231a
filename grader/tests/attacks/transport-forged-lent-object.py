"""Hands back, as an object of the test's own, one that was never lent, deep inside an answer."""
# verdict: crashed
import gc


class Forged:
    pass


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    kept = [Forged(), Forged()]
    for number, forged in enumerate(kept):
        server._borrowed_numbers[id(forged)] = number
    server._objects.append(kept)
    return {"answer": (x, [kept])}
