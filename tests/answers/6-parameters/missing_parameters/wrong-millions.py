# names: millions
missing_parameters = 1443
