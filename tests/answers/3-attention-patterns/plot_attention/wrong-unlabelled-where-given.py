# names: looks otherwise than on new axes
def plot_attention(weights, tokens, ax=None):
    new = ax is None
    if new:
        _, ax = plt.subplots()
    ax.imshow(weights.detach().numpy(), vmin=0, vmax=1)
    if new:
        ax.set_xticks(range(len(tokens)), tokens)
        ax.set_yticks(range(len(tokens)), tokens)
    return ax
