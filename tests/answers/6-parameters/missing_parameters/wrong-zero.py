# names: nothing is missing
missing_parameters = 0
