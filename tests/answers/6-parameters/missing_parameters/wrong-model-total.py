# names: model's total
missing_parameters = 6_738_415_616
