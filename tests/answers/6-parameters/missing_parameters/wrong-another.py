# names: 32 layers
missing_parameters = 123_456_789_012
