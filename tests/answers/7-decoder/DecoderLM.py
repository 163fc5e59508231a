# --- right: appended
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


# --- right: extra attributes
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.register_buffer('positions', torch.arange(1000))
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.apply(self.initialise)

    def initialise(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


# --- right: flattened batch
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        flat = tokens.reshape(-1, tokens.size(-1))
        x = F.embedding(flat, self.embedding.weight)
        for block in self.blocks:
            x = block(x)
        logits = self.output(self.norm(x))
        return logits.view(*tokens.shape, -1)


# --- right: plain
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


# --- right: reduce
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        from functools import reduce
        hidden = reduce(lambda x, block: block(x), self.blocks, self.embedding(tokens))
        return F.linear(self.norm(hidden), self.output.weight)


# --- right: sequential
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.Sequential(*(DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)))
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        return self.output(self.norm(self.blocks(self.embedding(tokens))))


# --- wrong: always batched
# names: leading dimension is missing or new
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        if tokens.dim() == 1:
            tokens = tokens[None]
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


# --- wrong: config taken apart
# names: config is taken apart
class DecoderLM(nn.Module):
    def __init__(self, vocab_size, d_model, n_layers, n_heads, d_ff):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.blocks = nn.ModuleList([DecoderBlock(d_model, n_heads, d_ff) for _ in range(n_layers)])
        self.norm = RMSNorm(d_model)
        self.output = nn.Linear(d_model, vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


# --- wrong: last output only
# names: only the last block counts
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            y = block(x)
        return self.output(self.norm(y))


# --- wrong: names
# names: name
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.tok_embeddings = nn.Embedding(config.vocab_size, config.d_model)
        self.layers = nn.ModuleList([DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.lm_head = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.tok_embeddings(tokens)
        for block in self.layers:
            x = block(x)
        return self.lm_head(self.norm(x))


# --- wrong: python list
# names: ModuleList
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = [DecoderBlock(config.d_model, config.n_heads, config.d_ff) for _ in range(config.n_layers)]
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))


# --- wrong: swapped sizes
# names: a part has the wrong size
class DecoderLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList([DecoderBlock(config.d_model, config.d_ff, config.n_heads) for _ in range(config.n_layers)])
        self.norm = RMSNorm(config.d_model)
        self.output = nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, tokens):
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x))
