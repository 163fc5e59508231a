def induction_score(weights, period):
    array = weights.detach().numpy()
    n = array.shape[-1]
    if period < 1:
        raise ValueError(f"period is {period}, but must be 1 or more")
    if period >= n:
        raise ValueError(f"period is {period}, but the text has only {n} tokens")
    rows = np.arange(period, n)
    score = array[..., rows, rows - period + 1].mean(axis=-1)
    return torch.from_numpy(np.asarray(score, dtype=array.dtype))
