class KVCache:
    def __init__(self):
        self._keys = []
        self._values = []

    @property
    def n_seen(self):
        return sum(k.shape[-2] for k in self._keys)

    def extend(self, K, V):
        self._keys.append(K)
        self._values.append(V)
        return torch.cat(self._keys, dim=-2), torch.cat(self._values, dim=-2)
