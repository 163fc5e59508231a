# names: factor d_model is missing
missing_parameters = 32 * 11008
