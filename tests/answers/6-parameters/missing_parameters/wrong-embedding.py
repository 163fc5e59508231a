# names: embedding
missing_parameters = 32000 * 4096
