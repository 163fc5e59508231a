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
