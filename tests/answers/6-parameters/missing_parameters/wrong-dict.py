# names: several values
missing_parameters = {"gate": 32 * 4096 * 11008}
