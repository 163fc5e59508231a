# --- right: if
def linear_parameters(d_in, d_out, bias=True):
    n = d_in * d_out
    if bias:
        n += d_out
    return n


# --- right: loop
def linear_parameters(d_in, d_out, bias=True):
    count = 0
    for _ in range(d_out):
        count += d_in + (1 if bias else 0)
    return count


# --- right: math prod
def linear_parameters(d_in, d_out, bias=True):
    shapes = [(d_in, d_out)] + [(d_out,)] * bias
    return sum(math.prod(s) for s in shapes)


# --- right: nn linear
def linear_parameters(d_in, d_out, bias=True):
    layer = nn.Linear(d_in, d_out, bias=bias, device="meta")
    return sum(p.numel() for p in layer.parameters())


# --- right: numpy integer
def linear_parameters(d_in, d_out, bias=True):
    return np.int64(d_in) * np.int64(d_out) + np.int64(d_out) * np.int64(bias)


# --- right: plus one
def linear_parameters(d_in, d_out, bias=True):
    return (d_in + bool(bias)) * d_out


# --- right: real layer
def linear_parameters(d_in, d_out, bias=True):
    layer = nn.Linear(d_in, d_out, bias)
    total = 0
    for name, p in layer.named_parameters():
        total += p.numel()
    return total


# --- right: ternary
def linear_parameters(d_in, d_out, bias=True):
    return d_in * d_out + (d_out if bias else 0)


# --- wrong: default false
# names: the default is wrong
def linear_parameters(d_in, d_out, bias=False):
    return d_in * d_out + (d_out if bias else 0)


# --- wrong: float
# names: float
def linear_parameters(d_in, d_out, bias=True):
    return float(d_in * d_out + (d_out if bias else 0))


# --- wrong: printed
# names: return statement is missing
def linear_parameters(d_in, d_out, bias=True):
    print(d_in * d_out + (d_out if bias else 0))


# --- wrong: tensor
# names: tensor
def linear_parameters(d_in, d_out, bias=True):
    return torch.tensor(d_in * d_out + (d_out if bias else 0))


# --- wrong: text
# names: text
def linear_parameters(d_in, d_out, bias=True):
    return f"{d_in * d_out + (d_out if bias else 0):,}"


# --- wrong: tuple
# names: several numbers
def linear_parameters(d_in, d_out, bias=True):
    return d_in * d_out, d_out if bias else 0
