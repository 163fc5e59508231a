"""Answers with a list that contains itself."""
# verdict: failed
def softmax(x, dim=-1):
    value = []
    value.append(value)
    return value
