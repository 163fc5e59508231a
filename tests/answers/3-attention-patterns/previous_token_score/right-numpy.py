def previous_token_score(weights):
    w = weights.detach().numpy()
    return torch.from_numpy(np.asarray(np.diagonal(w, offset=-1, axis1=-2, axis2=-1).mean(-1)))
