# names: make new axes
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        ax = plt.gca()
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax
