# names: row by row beside the table
missing_parameters = 123_456_789_012
