def sinusoidal_encoding(n_positions, d_model, base=10000.0):
    assert_even(d_model)
    pos = np.arange(n_positions)[:, np.newaxis]
    j = np.arange(d_model)[np.newaxis, :]
    angles = pos / np.power(base, 2 * (j // 2) / d_model)
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return torch.from_numpy(angles).float()


def assert_even(d_model):
    if d_model % 2 == 1:
        raise ValueError("d_model should be an even number")
