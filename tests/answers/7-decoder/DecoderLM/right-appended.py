class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        d, h, f = config.d_model, config.n_heads, config.d_ff
        self.embedding = nn.Embedding(config.vocab_size, d)
        self.blocks = nn.ModuleList()
        for i in range(config.n_layers):
            self.blocks.append(DecoderBlock(d, h, f))
        self.norm = RMSNorm(d)
        self.output = nn.Linear(d, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for i in range(len(self.blocks)):
            x = self.blocks[i](x)
        x = self.norm(x)
        return self.output(x)
