"""Puts a script into exception names, messages and tracebacks."""
# verdict: failed
kind = type("<script>alert('attacked')</script>", (Exception,), {})


def softmax(x, dim=-1):
    raise kind("<script>alert('attacked')</script><img src=x onerror=attacked>")
