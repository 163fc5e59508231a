def plot_attention(weights, tokens, ax=None):
    from matplotlib.colors import Normalize
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, norm=Normalize(0, 1), interpolation='nearest', origin='upper')
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax
