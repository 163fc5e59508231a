# names: sign is flipped
missing_parameters = 5_295_575_040 - 6_738_415_616
