# names: config has attributes
def transformer_parameters(config):
    return {"embedding": config["vocab_size"] * config["d_model"]}
