# names: tied output
missing_parameters = 6_607_343_616 - 5_295_575_040
