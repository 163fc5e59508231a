"""An honest answer that prints, warns and logs."""
# verdict: passed
import logging
import sys
import warnings


def softmax(x, dim=-1):
    warnings.warn("this is a warning", DeprecationWarning)
    warnings.warn("and another")
    logging.warning("a log line")
    print("x =", x, file=sys.stderr)
    print(x.shape)
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)
