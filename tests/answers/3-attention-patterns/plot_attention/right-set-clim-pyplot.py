def plot_attention(weights, tokens, ax=None):
    if ax is None:
        plt.figure()
        ax = plt.gca()
    plt.sca(ax)
    image = plt.imshow(weights)
    image.set_clim(0, 1)
    plt.xticks(range(len(tokens)), tokens)
    plt.yticks(range(len(tokens)), tokens)
    plt.colorbar(image)
    return ax
