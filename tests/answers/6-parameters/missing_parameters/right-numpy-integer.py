missing_parameters = np.prod([32, 4096, 11008], dtype=np.int64)
