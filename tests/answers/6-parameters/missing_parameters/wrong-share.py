# names: share
missing_parameters = (6_738_415_616 - 5_295_575_040) / 6_738_415_616
