"""Registers display formatters that give scripts for whatever is shown, and break what they can."""
# verdict: failed
formatters = get_ipython().display_formatter.formatters
for kind in ("text/plain", "text/html", "image/png"):
    formatters[kind].for_type(object, lambda value, *_: "<script>attacked</script>")
get_ipython().display_formatter.format = lambda *a, **k: ({"text/html": "attacked"}, {"x": object()})


def softmax(x, dim=-1):
    return x


softmax
