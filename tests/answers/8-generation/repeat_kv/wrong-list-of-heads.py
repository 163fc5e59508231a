# names: a list of heads comes back
def repeat_kv(x, n_repeats):
    return [head for head in x.unbind(dim=-3) for _ in range(n_repeats)]
