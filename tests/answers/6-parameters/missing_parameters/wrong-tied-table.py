# names: tied output
missing_parameters = 6_738_415_616 - 5_164_503_040
