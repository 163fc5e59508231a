"""Passes a script off as the base64 text of a picture, which goes into an attribute."""
# verdict: failed
from IPython.display import display

for kind in ("image/png", "image/jpeg"):
    display({kind: "\"><script>alert('attacked')</script><img src=\""}, raw=True)
display({"image/png": "javascript:attacked"}, raw=True)


def softmax(x, dim=-1):
    return x
