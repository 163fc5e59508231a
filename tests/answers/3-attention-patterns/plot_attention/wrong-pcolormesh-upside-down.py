# names: first query is at the bottom
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.pcolormesh(weights, vmin=0, vmax=1)
    half = [i + 0.5 for i in range(len(tokens))]
    ax.set_xticks(half, tokens)
    ax.set_yticks(half, tokens)
    return ax
