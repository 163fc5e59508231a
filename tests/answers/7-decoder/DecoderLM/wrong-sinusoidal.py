# names: sinusoidal
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        n = tokens.shape[-1]
        x = self.embedding(tokens)
        d = x.shape[-1]
        angles = torch.arange(n)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
        x = x + torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))
