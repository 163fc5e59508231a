# names: x axis has no tokens
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        _, ax = plt.subplots()
    ax.imshow(weights.detach().numpy(), vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    ax.get_xaxis().set_visible(False)
    return ax
