"""Answers with tensors whose bytes, strides and flags are unusual."""
# verdict: failed
def softmax(x, dim=-1):
    result = torch.empty(x.shape, dtype=torch.complex64).conj().real
    return torch._neg_view(result.to(x.dtype)).as_strided(x.shape, (0,) * x.dim())
