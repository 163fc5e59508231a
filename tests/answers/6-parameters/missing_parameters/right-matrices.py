missing_parameters = 32 * 4096 * 11008
