# names: one attention matrix
missing_parameters = 32 * 4096**2
