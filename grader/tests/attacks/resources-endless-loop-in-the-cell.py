"""The cell itself never ends; what it would define is missing, the rest is graded."""
# verdict: timed out
while True:
    pass


def softmax(x, dim=-1):
    return x
