# names: embedding and output
missing_parameters = 2 * 32000 * 4096
