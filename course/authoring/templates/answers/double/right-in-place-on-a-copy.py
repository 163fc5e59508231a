def double(x):
    result = x.clone()
    result.mul_(2)
    return result
