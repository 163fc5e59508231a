"""Renders a traceback of its own, of characters that take many bytes on the way."""
# verdict: failed


def softmax(x, dim=-1):
    return x


class Endless(Exception):
    def _render_traceback_(self):
        return ["\U0001f600" * 1_000_000] * 100


raise Endless("\u4e2d" * 10_000_000)
