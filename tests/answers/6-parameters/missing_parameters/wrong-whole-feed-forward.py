# names: whole feed-forward
missing_parameters = 32 * 3 * 4096 * 11008
