# names: return ax
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax.figure
