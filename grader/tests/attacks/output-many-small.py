"""Makes a hundred thousand outputs of a few bytes each."""
# verdict: failed
from IPython.display import display

for number in range(2_000):
    display({"text/plain": "."}, raw=True)
    print(number)


def softmax(x, dim=-1):
    return x
