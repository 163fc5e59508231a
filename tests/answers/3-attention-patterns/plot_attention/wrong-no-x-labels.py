# names: x axis
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, vmin=0, vmax=1)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax
