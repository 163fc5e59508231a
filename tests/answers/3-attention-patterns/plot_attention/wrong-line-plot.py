# names: no heat map|heat map
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.plot(weights)
    return ax
