# names: digit
missing_parameters = 144284057
