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
