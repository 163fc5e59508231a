"""Changes settings of the whole process that tests would inherit."""
# verdict: failed
torch.set_default_dtype(torch.float16)
torch.set_grad_enabled(False)
torch.set_printoptions(threshold=0, precision=0)
np.seterr(all="raise")


def softmax(x, dim=-1):
    return torch.zeros(x.shape)
