def attention_parameters(d_model, n_heads, n_kv_heads=None, d_head=None, bias=False):
    if d_head is None:
        d_head = d_model // n_heads
    if n_kv_heads is None:
        n_kv_heads = n_heads
    layers = nn.ModuleDict(
        {
            "q": nn.Linear(d_model, n_heads * d_head, bias=bias, device="meta"),
            "k": nn.Linear(d_model, n_kv_heads * d_head, bias=bias, device="meta"),
            "v": nn.Linear(d_model, n_kv_heads * d_head, bias=bias, device="meta"),
            "o": nn.Linear(n_heads * d_head, d_model, bias=bias, device="meta"),
        }
    )
    return sum(p.numel() for p in layers.parameters())
