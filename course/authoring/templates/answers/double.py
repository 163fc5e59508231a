# --- right: in place on a copy
def double(x):
    result = x.clone()
    result.mul_(2)
    return result


# --- right: numpy
def double(x):
    return torch.from_numpy(np.multiply(x.numpy(), 2))


# --- right: stacked
def double(x):
    return torch.stack([x, x]).sum(dim=0)


# --- right: sum
def double(x):
    return x + x


# --- right: times two
def double(x):
    return x * 2


# --- wrong: list
# names: a list comes back
def double(x):
    return (2 * x).tolist()


# --- wrong: nothing returned
# names: nothing is returned
def double(x):
    x.mul_(2)
