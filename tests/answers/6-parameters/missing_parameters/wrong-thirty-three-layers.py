# names: 33 layers
missing_parameters = 33 * 4096 * 11008
