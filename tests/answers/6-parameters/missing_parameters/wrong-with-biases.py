# names: biases
missing_parameters = 32 * (4096 * 11008 + 11008)
