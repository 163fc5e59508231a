# names: two matrices
missing_parameters = 32 * 2 * 4096 * 11008
