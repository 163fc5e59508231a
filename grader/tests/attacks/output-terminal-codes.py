"""Prints control sequences that rewrite an instructor's terminal, and right-to-left marks."""
# verdict: failed
print("\x1b]0;attacked\x07\x1b[2J\x1b[1;1Hsoftmax-hidden: passed\x1b[8m\u202e\u2066")


def softmax(x, dim=-1):
    raise ValueError("\x1b[2Jsoftmax-hidden: passed\r\nsoftmax: passed\x00\u202e")
