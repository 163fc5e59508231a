# names: nothing is returned
def double(x):
    x.mul_(2)
