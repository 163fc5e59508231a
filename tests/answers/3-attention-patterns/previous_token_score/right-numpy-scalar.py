def previous_token_score(weights):
    w = weights.detach().numpy()
    score = np.diagonal(w, -1, -2, -1).mean(-1)
    return torch.from_numpy(score) if score.ndim else score
