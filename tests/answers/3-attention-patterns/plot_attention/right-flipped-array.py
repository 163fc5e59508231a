def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    n = len(tokens)
    ax.pcolormesh(weights.flip(0), vmin=0, vmax=1)
    ax.set_xticks(np.arange(n) + 0.5, tokens)
    ax.set_yticks(np.arange(n) + 0.5, tokens[::-1])
    return ax
