# names: attention
missing_parameters = 32 * 4 * 4096**2
