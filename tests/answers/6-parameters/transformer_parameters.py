# --- right: dict
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts


# --- right: extra keys
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    parts["per_layer"] = (parts["attention"] + parts["feed_forward"]) // config.n_layers
    parts["total_in_billions"] = parts["total"] / 1e9
    return parts


# --- right: formulas
def transformer_parameters(config):
    V, d, L = config.vocab_size, config.d_model, config.n_layers
    kv = config.n_kv_heads if config.n_kv_heads is not None else config.n_heads
    h = config.d_head if config.d_head is not None else d // config.n_heads
    attention = 2 * d * h * (config.n_heads + kv)
    feed_forward = (3 if config.gated else 2) * d * config.d_ff
    if config.bias:
        attention += (config.n_heads + 2 * kv) * h + d
        feed_forward += (2 if config.gated else 1) * config.d_ff + d
    norm = {"rms": d, "layer": 2 * d}[config.norm]
    p = dict(
        embedding=V * d,
        positions=config.n_positions * d,
        attention=L * attention,
        feed_forward=L * feed_forward,
        norms=(2 * L + 1) * norm,
        output=(1 - config.tied_embeddings) * V * d,
    )
    p["total"] = sum(p.values())
    return p


# --- right: loop
def transformer_parameters(config):
    counts = {"embedding": 0, "positions": 0, "attention": 0, "feed_forward": 0, "norms": 0, "output": 0}
    norm = config.d_model + (config.d_model if config.norm == "layer" else 0)
    counts["embedding"] += config.vocab_size * config.d_model
    counts["positions"] += config.n_positions * config.d_model
    for _ in range(config.n_layers):
        counts["attention"] += attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias)
        counts["feed_forward"] += feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias)
        counts["norms"] += 2 * norm
    counts["norms"] += norm
    if not config.tied_embeddings:
        counts["output"] += linear_parameters(config.d_model, config.vocab_size, bias=False)
    return {**counts, "total": sum(counts.values())}


# --- right: meta modules
def transformer_parameters(config):
    def size(*layers):
        return sum(p.numel() for layer in layers for p in layer.parameters())


    def linear(i, o):
        return nn.Linear(i, o, bias=config.bias, device="meta")


    d = config.d_model
    h = config.d_head or d // config.n_heads
    kv = config.n_kv_heads or config.n_heads
    attention = size(linear(d, config.n_heads * h), linear(d, kv * h), linear(d, kv * h), linear(config.n_heads * h, d))
    ff = size(linear(d, config.d_ff), linear(config.d_ff, d)) + (size(linear(d, config.d_ff)) if config.gated else 0)
    norm = size(nn.LayerNorm(d, device="meta") if config.norm == "layer" else nn.RMSNorm(d, device="meta"))
    result = {
        "total": 0,
        "embedding": size(nn.Embedding(config.vocab_size, d, device="meta")),
        "positions": size(nn.Embedding(config.n_positions, d, device="meta")) if config.n_positions else 0,
        "attention": config.n_layers * attention,
        "feed_forward": config.n_layers * ff,
        "norms": (2 * config.n_layers + 1) * norm,
        "output": 0 if config.tied_embeddings else size(nn.Linear(d, config.vocab_size, bias=False, device="meta")),
    }
    result["total"] = sum(v for k, v in result.items() if k != "total")
    return result


# --- right: numpy integers
def transformer_parameters(config):
    d = np.int64(config.d_model)
    a = attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias)
    f = feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias)
    counts = np.array(
        [
            config.vocab_size * d,
            config.n_positions * d,
            config.n_layers * a,
            config.n_layers * f,
            (2 * config.n_layers + 1) * d * (1 + (config.norm != "rms")),
            (not config.tied_embeddings) * config.vocab_size * d,
        ],
        dtype=np.int64,
    )
    names = ("embedding", "positions", "attention", "feed_forward", "norms", "output")
    return dict(zip(names, counts)) | {"total": counts.sum()}


# --- wrong: floats
# names: float
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return {name: float(count) for name, count in parts.items()}


# --- wrong: only total
# names: only the total
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts["total"]


# --- wrong: output matrix square
# names: W_o has n_heads \* d_head rows
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * (attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias) + (config.d_model - (config.d_head or config.d_model // config.n_heads) * config.n_heads) * config.d_model),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts


# --- wrong: positions in embedding
# names: positions are counted in
def transformer_parameters(config):
    parts = {
        "embedding": (config.vocab_size + config.n_positions) * config.d_model,
        "positions": 0,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    return parts


# --- wrong: renamed key
# names: key is missing or has another name
def transformer_parameters(config):
    parts = {
        "embedding": config.vocab_size * config.d_model,
        "positions": config.n_positions * config.d_model,
        "attention": config.n_layers * attention_parameters(config.d_model, config.n_heads, config.n_kv_heads, config.d_head, config.bias),
        "feed_forward": config.n_layers * feed_forward_parameters(config.d_model, config.d_ff, config.gated, config.bias),
        "norms": (2 * config.n_layers + 1) * config.d_model * (2 if config.norm == "layer" else 1),
        "output": 0 if config.tied_embeddings else config.vocab_size * config.d_model,
    }
    parts["total"] = sum(parts.values())
    parts["ffn"] = parts.pop("feed_forward")
    return parts


# --- wrong: subscripted
# names: config has attributes
def transformer_parameters(config):
    return {"embedding": config["vocab_size"] * config["d_model"]}
