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
