# names: one layer only
missing_parameters = 4096 * 11008
