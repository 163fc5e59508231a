# names: something else is returned|return ax
def plot_attention(weights, tokens, ax=None):
    fig, new = plt.subplots()
    ax = new if ax is None else ax
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    if ax is not new:
        new.imshow(weights, vmin=0, vmax=1)
    return new
