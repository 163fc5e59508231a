missing_parameters = 0
for layer in range(32):
    missing_parameters += 4096 * 11008
