# names: 4 \* d_model
missing_parameters = 32 * 4096 * 4 * 4096
