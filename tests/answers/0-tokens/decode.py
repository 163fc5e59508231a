# --- right: bytearray
def decode(ids, merges):
    data = bytearray()
    for i in ids:
        if i < 0:
            raise ValueError(f"id {i} is negative")
        if i < 256:
            data.append(i)
        elif i - 256 < len(merges):
            left, right = merges[i - 256]
            data.extend(left)
            data.extend(right)
        else:
            raise ValueError(f"id {i} is too large for {len(merges)} merges")
    return data.decode(errors="replace")


# --- right: codecs
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


# --- right: dict
def decode(ids, merges):
    tokens = {i: bytes([i]) for i in range(256)}
    for i, pair in enumerate(merges):
        tokens[256 + i] = b"".join(pair)
    missing = [i for i in ids if i not in tokens]
    if missing:
        raise ValueError(f"no such id: {missing}")
    return str(b"".join(map(tokens.get, ids)), "utf-8", "replace")


# --- right: key error caught
def decode(ids, merges):
    table = dict(enumerate([bytes([b]) for b in range(256)] + [a + b for a, b in merges]))
    try:
        return b"".join([table[i] for i in ids]).decode("utf-8", "replace")
    except KeyError as error:
        raise ValueError(f"there is no id {error}") from None


# --- right: list
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    data = b""
    for i in ids:
        if not 0 <= i < len(vocab):
            raise ValueError(f"ids: there is no token {i}")
        data += vocab[i]
    return data.decode("utf-8", errors="replace")


# --- right: recursive
def decode(ids, merges):
    def spelt(i):
        if i < 0 or i > 255 + len(merges):
            raise ValueError(f"{i} is no id")
        if i < 256:
            return [i]
        return [b for symbol in merges[i - 256] for b in symbol]

    return bytes(b for i in ids for b in spelt(i)).decode("utf-8", errors="replace")


# --- wrong: bytes of int
# names: bytes\(b\) makes b zeros
def decode(ids, merges):
    vocab = [bytes(b) for b in range(256)] + [left + right for left, right in merges]
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError(f"ids: there is no id {i}")
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")


# --- wrong: chr
# names: Latin-1|characters that aren't ASCII
def decode(ids, merges):
    text = ""
    for i in ids:
        if i < 0 or i > 255 + len(merges):
            raise ValueError(f"no id {i}")
        if i < 256:
            text += chr(i)
        else:
            text += (merges[i - 256][0] + merges[i - 256][1]).decode("latin-1")
    return text


# --- wrong: each apart
# names: each token is decoded apart
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    text = ""
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError(f"no id {i}")
        text += vocab[i].decode("utf-8", errors="replace")
    return text


# --- wrong: index error
# names: no id is checked
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    if any(i < 0 for i in ids):
        raise ValueError(f"ids: {min(ids)} is negative")
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")


# --- wrong: message says nothing
# names: message does not say
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError("wrong")
    return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")


# --- wrong: negative
# names: a negative id isn't checked for
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    try:
        return b"".join(vocab[i] for i in ids).decode("utf-8", errors="replace")
    except IndexError:
        raise ValueError(f"there is no id {max(ids)}") from None


# --- wrong: skipped
# names: is left out: raise ValueError
def decode(ids, merges):
    vocab = {b: bytes([b]) for b in range(256)}
    vocab |= {256 + i: left + right for i, (left, right) in enumerate(merges)}
    return b"".join(vocab.get(i, b"") for i in ids).decode("utf-8", errors="replace")


# --- wrong: strict
# names: UTF-8 raise an error
def decode(ids, merges):
    vocab = [bytes([b]) for b in range(256)] + [left + right for left, right in merges]
    for i in ids:
        if i < 0 or i >= len(vocab):
            raise ValueError(f"ids: there is no id {i}")
    return b"".join(vocab[i] for i in ids).decode("utf-8")
