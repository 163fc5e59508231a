class KVCache:
    """Keys and values of a position side by side, positions in front."""

    def __init__(self):
        self.rows = []

    n_seen = property(lambda self: len(self.rows))

    def extend(self, K, V):
        self.d_k = K.shape[-1]
        self.rows.extend(torch.cat((K, V), -1).unbind(-2))
        return tuple(torch.stack(self.rows, -2).split((K.shape[-1], V.shape[-1]), -1))
