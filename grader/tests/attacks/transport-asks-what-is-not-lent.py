"""Asks for attributes of what the test may have lent, by a remote proxy of its own making."""
# verdict: crashed
import gc
import sys

learner = sys.modules["nbexaminer.judging.session.learner"]


def softmax(x, dim=-1):
    server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
    lent = {"back": 0, "methods": ["__reduce__", "extend"], "values": ["__dict__", "_noted"]}
    remote_proxy = learner.Lent(server, lent)
    try:
        print("BREACH", server.call_back(0, name="__dict__", do="get"))
    except Exception:
        print("BREACH", remote_proxy._noted, remote_proxy.extend(x, x))
    return x
