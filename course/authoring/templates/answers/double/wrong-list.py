# names: a list comes back
def double(x):
    return (2 * x).tolist()
