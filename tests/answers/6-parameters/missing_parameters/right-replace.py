def audit(config):
    ungated = ModelConfig(config.vocab_size, config.d_model, config.n_layers, config.n_heads, config.d_ff)
    return transformer_parameters(config)["total"] - transformer_parameters(ungated)["total"]


missing_parameters = audit(LLAMA_2_7B)
