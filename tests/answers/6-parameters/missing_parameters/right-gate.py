without = feed_forward_parameters(4096, 11008, gated=False)
with_gate = feed_forward_parameters(4096, 11008, gated=True)
missing_parameters = 32 * (with_gate - without)
