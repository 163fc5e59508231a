# names: table adds up to
missing_parameters = sum(COPIED_TABLE.values())
