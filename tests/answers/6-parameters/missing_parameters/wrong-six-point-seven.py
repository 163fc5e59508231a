# names: approximation
missing_parameters = 6_700_000_000 - 5_295_575_040
