# --- right: difference
missing_parameters = 6_738_415_616 - 5_295_575_040


# --- right: gate
without = feed_forward_parameters(4096, 11008, gated=False)
with_gate = feed_forward_parameters(4096, 11008, gated=True)
missing_parameters = 32 * (with_gate - without)


# --- right: linear
missing_parameters = LLAMA_2_7B.n_layers * linear_parameters(LLAMA_2_7B.d_model, LLAMA_2_7B.d_ff, bias=False)


# --- right: literal
missing_parameters = 1_442_840_576


# --- right: loop
missing_parameters = 0
for layer in range(32):
    missing_parameters += 4096 * 11008


# --- right: matrices
missing_parameters = 32 * 4096 * 11008


# --- right: numpy integer
missing_parameters = np.prod([32, 4096, 11008], dtype=np.int64)


# --- right: own count
counts = transformer_parameters(LLAMA_2_7B)
missing_parameters = counts["total"] - sum(COPIED_TABLE.values())


# --- right: replace
def audit(config):
    ungated = ModelConfig(config.vocab_size, config.d_model, config.n_layers, config.n_heads, config.d_ff)
    return transformer_parameters(config)["total"] - transformer_parameters(ungated)["total"]


missing_parameters = audit(LLAMA_2_7B)


# --- wrong: another
# names: row by row beside the table
missing_parameters = 123_456_789_012


# --- wrong: digit dropped
# names: digit
missing_parameters = 144284057


# --- wrong: function
# names: function
def missing_parameters():
    return 32 * 4096 * 11008


# --- wrong: millions
# names: millions
missing_parameters = 1443


# --- wrong: rounded
# names: no approximation
missing_parameters = 1_442_840_000


# --- wrong: share
# names: share
missing_parameters = (6_738_415_616 - 5_295_575_040) / 6_738_415_616
