def plot_attention(weights, tokens, ax=None):
    ax = ax if ax is not None else plt.figure().add_subplot()
    image = ax.imshow(weights.numpy(), cmap='magma', vmin=0.0, vmax=1.0, aspect='auto')
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    ax.figure.colorbar(image, ax=ax)
    ax.set_title('attention')
    return ax
