def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    n = len(tokens)
    ax.imshow(weights, vmin=0, vmax=1, extent=(0, n, n, 0))
    half = [i + 0.5 for i in range(len(tokens))]
    ax.set_xticks(half, tokens)
    ax.set_yticks(half, tokens)
    return ax
