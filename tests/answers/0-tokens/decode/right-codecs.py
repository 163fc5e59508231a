import codecs
import io


class Table:
    def __init__(self, merges):
        self.merges = merges

    def __getitem__(self, i):
        if i in range(256):
            return bytes([i])
        if i in range(256, 256 + len(self.merges)):
            left, right = self.merges[i - 256]
            return left + right
        raise ValueError(f"the id {i} does not exist")


def decode(ids, merges):
    table = Table(merges)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    out = io.StringIO()
    for i in ids:
        out.write(decoder.decode(table[i]))
    out.write(decoder.decode(b"", final=True))
    return out.getvalue()
