"""Makes files until the file system has no room for another name."""
# verdict: failed
try:
    for number in range(200_000):
        open(f"/tmp/attacked-{number}", "w").close()
    print("BREACH")
except OSError:
    pass


def softmax(x, dim=-1):
    return x
