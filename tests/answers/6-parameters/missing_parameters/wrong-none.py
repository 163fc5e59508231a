# names: still to be written
missing_parameters = None
