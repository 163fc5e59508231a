# --- right: branches
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    if gated and bias:
        return 3 * d_model * d_ff + 2 * d_ff + d_model
    elif gated:
        return 3 * d_model * d_ff
    elif bias:
        return 2 * d_model * d_ff + d_ff + d_model
    return 2 * d_model * d_ff


# --- right: formula
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    m = 3 if gated else 2
    return m * d_model * d_ff + bool(bias) * ((m - 1) * d_ff + d_model)


# --- right: linear
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff, bias)
    down = linear_parameters(d_ff, d_model, bias)
    return (2 * up if gated else up) + down


# --- right: list
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    layers = [(d_model, d_ff), (d_ff, d_model)]
    if gated:
        layers.append((d_model, d_ff))
    return sum(linear_parameters(i, o, bias) for i, o in layers)


# --- right: meta
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    make = lambda i, o: nn.Linear(i, o, bias=bias, device="meta")
    model = nn.Sequential(make(d_model, d_ff), make(d_ff, d_model))
    if gated:
        model.append(make(d_model, d_ff))
    return sum(p.numel() for p in model.parameters())


# --- right: numpy integer
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    matrices = np.int64(2 + gated)
    return matrices * d_model * d_ff + bias * ((1 + gated) * d_ff + d_model)


# --- right: real layers
class FeedForward(nn.Module):
    def __init__(self, d_model, d_ff, gated, bias):
        super().__init__()
        self.up = nn.Linear(d_model, d_ff, bias=bias)
        self.down = nn.Linear(d_ff, d_model, bias=bias)
        if gated:
            self.gate = nn.Linear(d_model, d_ff, bias=bias)

def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    return sum(p.numel() for p in FeedForward(d_model, d_ff, gated, bias).parameters())


# --- wrong: bias default
# names: biases are always
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff)
    return (2 * up if gated else up) + linear_parameters(d_ff, d_model)


# --- wrong: bias first
# names: another order
def feed_forward_parameters(d_model, d_ff, bias=False, gated=False):
    up = d_model * d_ff
    down = d_ff * d_model
    total = up + down
    if gated:
        total += d_model * d_ff
    if bias:
        total += d_ff + d_model
        if gated:
            total += d_ff
    return total


# --- wrong: float
# names: float
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
    return n + (1.0 if gated else 0.0) * linear_parameters(d_model, d_ff, bias)


# --- wrong: gate square
# names: \(d_model, d_model\)
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = linear_parameters(d_model, d_ff, bias) + linear_parameters(d_ff, d_model, bias)
    if gated:
        n += linear_parameters(d_model, d_model, bias)
    return n


# --- wrong: inverted
# names: wrong way round
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    up = linear_parameters(d_model, d_ff, bias)
    return (up if gated else 2 * up) + linear_parameters(d_ff, d_model, bias)


# --- wrong: tuple
# names: several numbers
def feed_forward_parameters(d_model, d_ff, gated=False, bias=False):
    n = (linear_parameters(d_model, d_ff, bias), linear_parameters(d_ff, d_model, bias))
    return n + (n[0],) if gated else n
