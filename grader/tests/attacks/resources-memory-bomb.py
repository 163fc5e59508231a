"""Takes memory until there is none."""
# verdict: out of memory
def softmax(x, dim=-1):
    blocks = []
    while True:
        blocks.append(bytearray(16 << 20))
