# --- right: dataclass
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


# --- right: dict in a module
class KVCache(nn.Module):
    def __init__(self):
        super().__init__()
        self.store = {}
        self.n_seen = 0

    def extend(self, K, V):
        for name, new in {"K": K, "V": V}.items():
            old = self.store.get(name, new[..., :0, :])
            self.store[name] = torch.concat((old, new), axis=-2)
        self.n_seen += K.shape[-2]
        return list(self.store.values())


# --- right: empty tensors
class KVCache:
    def __init__(self):
        self.K_all, self.V_all = torch.tensor([]), torch.tensor([])
        self.n_seen = 0

    def extend(self, K, V):
        if self.n_seen == 0:
            self.K_all, self.V_all = K.clone(), V.clone()
        else:
            self.K_all = torch.cat([self.K_all, K], K.dim() - 2)
            self.V_all = torch.cat([self.V_all, V], V.dim() - 2)
        self.n_seen = self.K_all.shape[-2]
        return self.K_all, self.V_all


# --- right: growing buffer
class KVCache:
    """Buffers that double when they are full."""

    def __init__(self):
        self.n_seen = 0
        self.buffers = None

    def extend(self, K, V):
        end = self.n_seen + K.shape[-2]
        if self.buffers is None:
            self.buffers = [self._room(K, end), self._room(V, end)]
        elif end > self.buffers[0].shape[-2]:
            for i, old in enumerate(self.buffers):
                larger = self._room(old, 2 * end)
                larger[..., : self.n_seen, :] = old[..., : self.n_seen, :]
                self.buffers[i] = larger
        for buffer, new in zip(self.buffers, (K, V)):
            buffer[..., self.n_seen : end, :] = new.detach()
        self.n_seen = end
        return self.buffers[0][..., :end, :], self.buffers[1][..., :end, :]

    def _room(self, like, n):
        return torch.zeros(*like.shape[:-2], n, like.shape[-1], dtype=like.dtype)


# --- right: list of pieces
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


# --- right: one tensor positions first
class KVCache:
    """Keys and values of a position side by side, positions in front."""

    def __init__(self):
        self.rows = []

    n_seen = property(lambda self: len(self.rows))

    def extend(self, K, V):
        self.d_k = K.shape[-1]
        self.rows.extend(torch.cat((K, V), -1).unbind(-2))
        return tuple(torch.stack(self.rows, -2).split((K.shape[-1], V.shape[-1]), -1))


# --- wrong: float buffer
# names: dtype
class KVCache:
    def __init__(self):
        self.K, self.V, self.n_seen = None, None, 0

    def extend(self, K, V):
        n = K.shape[-2]
        K_all = torch.empty(K.shape[:-2] + (self.n_seen + n, K.shape[-1]))
        V_all = torch.empty(V.shape[:-2] + (self.n_seen + n, V.shape[-1]))
        if self.n_seen:
            K_all[..., : self.n_seen, :] = self.K
            V_all[..., : self.n_seen, :] = self.V
        K_all[..., self.n_seen :, :] = K
        V_all[..., self.n_seen :, :] = V
        self.K, self.V = K_all, V_all
        self.n_seen += n
        return K_all, V_all


# --- wrong: mutable default
# names: two caches are not independent
class KVCache:
    def __init__(self, store={"K": None, "V": None, "n": 0}):
        self.store = store

    @property
    def n_seen(self):
        return self.store["n"]

    def extend(self, K, V):
        s = self.store
        s["K"] = K if s["K"] is None else torch.cat((s["K"], K), -2)
        s["V"] = V if s["V"] is None else torch.cat((s["V"], V), -2)
        s["n"] += K.shape[-2]
        return s["K"], s["V"]


# --- wrong: n seen method
# names: n_seen is a method
class KVCache:
    def __init__(self):
        self.K = None
        self.V = None

    def n_seen(self):
        return 0 if self.K is None else self.K.shape[-2]

    def extend(self, K, V):
        if self.K is not None:
            K, V = torch.cat((self.K, K), dim=-2), torch.cat((self.V, V), dim=-2)
        self.K, self.V = K, V
        return K, V


# --- wrong: overwrites a ring
# names: for any number of positions
class KVCache:
    """Keeps the last 64 positions."""

    def __init__(self):
        self.n_seen = 0
        self.K = self.V = None

    def extend(self, K, V):
        self.n_seen += K.shape[-2]
        if self.K is not None:
            K = torch.cat((self.K, K), dim=-2)[..., -64:, :]
            V = torch.cat((self.V, V), dim=-2)[..., -64:, :]
        self.K, self.V = K, V
        return K, V


# --- wrong: shared class list
# names: two caches are not independent
class KVCache:
    keys = []
    values = []

    @property
    def n_seen(self):
        return sum(k.shape[-2] for k in self.keys)

    def extend(self, K, V):
        self.keys.append(K)
        self.values.append(V)
        return torch.cat(self.keys, dim=-2), torch.cat(self.values, dim=-2)


# --- wrong: writes into its arguments
# names: changes the K
class KVCache:
    def __init__(self):
        self.held = None

    @property
    def n_seen(self):
        return 0 if self.held is None else self.held[0].shape[-2]

    def extend(self, K, V):
        for new, old in zip((K, V), self.held or ()):
            new.data = torch.cat((old, new), dim=-2)
        self.held = K.clone(), V.clone()
        return K.clone(), V.clone()


# --- wrong: written in place
# names: written into
class KVCache:
    """A fixed buffer in which the newest position stands in front."""

    def __init__(self):
        self.n_seen = 0

    def extend(self, K, V):
        n = K.shape[-2]
        if self.n_seen == 0:
            self.K = K.new_zeros(*K.shape[:-2], 256, K.shape[-1])
            self.V = V.new_zeros(*V.shape[:-2], 256, V.shape[-1])
        start = 256 - self.n_seen - n
        self.K[..., start : 256 - n, :] = self.K[..., start + n :, :].clone()
        self.V[..., start : 256 - n, :] = self.V[..., start + n :, :].clone()
        self.K[..., 256 - n :, :] = K
        self.V[..., 256 - n :, :] = V
        self.n_seen += n
        return self.K[..., start:, :], self.V[..., start:, :]


# --- wrong: length of a list
# names: first dimension \(len\)
class KVCache:
    def __init__(self):
        self.pieces, self.n_seen = [], 0

    def extend(self, K, V):
        self.pieces.append((K, V))
        keys = torch.cat([piece[0] for piece in self.pieces], dim=-2)
        values = torch.cat([piece[1] for piece in self.pieces], dim=-2)
        self.n_seen = len(keys)
        return keys, values
