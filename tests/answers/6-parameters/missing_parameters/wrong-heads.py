# names: number of heads
missing_parameters = 32 * 32 * 4096 * 11008
