from dataclasses import dataclass


@dataclass
class KVCache:
    keys: torch.Tensor | None = None
    values: torch.Tensor | None = None

    @property
    def n_seen(self):
        if self.keys is None:
            return 0
        return self.keys.size(-2)

    def extend(self, K, V):
        if self.keys is not None:
            K = torch.cat([self.keys, K], dim=-2)
            V = torch.cat([self.values, V], dim=-2)
        self.keys, self.values = K, V
        return K, V
