"""Never returns."""
# verdict: timed out
def softmax(x, dim=-1):
    while True:
        pass
