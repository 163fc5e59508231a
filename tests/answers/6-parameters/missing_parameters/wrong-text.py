# names: text
missing_parameters = "1,442,840,576"
