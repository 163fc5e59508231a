# names: no approximation
missing_parameters = 1_442_840_000
