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
