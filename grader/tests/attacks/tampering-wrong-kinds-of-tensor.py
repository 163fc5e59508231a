"""Answers with sparse, meta, quantized and nested tensors, which have no bytes to look at."""
# verdict: failed
kinds = [
    lambda x: x.to_sparse(),
    lambda x: x.to("meta"),
    lambda x: torch.quantize_per_tensor(x.float(), 0.1, 0, torch.quint8),
    lambda x: torch.nested.nested_tensor([x]),
]
calls = [0]


def softmax(x, dim=-1):
    calls[0] += 1
    return kinds[calls[0] % 4](x)
