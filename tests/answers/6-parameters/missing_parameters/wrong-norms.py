# names: norms
missing_parameters = (2 * 32 + 1) * 4096
