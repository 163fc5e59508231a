"""What goes wrong with a number for each query or head, whatever it is."""

from __future__ import annotations

import numpy as np

from checks.seen import comes_back, raised

OTHER_RESULT: dict[str | tuple[str, ...], str] = {
    ("return out.mean()", "return out.mean(-1)"): "the results are averaged to a single number",
    "return out[0]": "only the first of the batch is looked at",
    "return out[..., None]": "a dimension of size 1 is kept (keepdim=True)",
    "return out.squeeze()": "a dimension of size 1 is squeezed away",
    "return out.float()": "the result is converted to float32",
    "return out.double()": "the result is converted to float64",
}

NO_TENSOR = {
    "a Python list or an array comes back: return a tensor": comes_back(list, tuple, np.ndarray),
    "item or float takes a single number, not several: keep them all": raised(says="converted to "),
}
