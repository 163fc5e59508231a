# names: float
missing_parameters = 1_442_840_576.0
