# names: 7 billion is the model's name
missing_parameters = 7_000_000_000 - 5_295_575_040
