# names: tensor
def linear_parameters(d_in, d_out, bias=True):
    return torch.tensor(d_in * d_out + (d_out if bias else 0))
