# names: hidden|axis off
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        _, ax = plt.subplots()
    ax.imshow(weights.detach().numpy(), vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    ax.axis('off')
    return ax
