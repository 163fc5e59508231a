# names: tensor
missing_parameters = torch.tensor(32 * 4096 * 11008)
