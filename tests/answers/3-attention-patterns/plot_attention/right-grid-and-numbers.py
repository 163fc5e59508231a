def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    for i in range(n):
        for j in range(n):
            ax.text(j, i, f'{weights[i, j]:.2f}', ha='center')
    ax.hlines([0.5], -0.5, n - 0.5)
    ax.xaxis.tick_top()
    return ax
