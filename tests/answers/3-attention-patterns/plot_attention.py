# --- right: extent
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    n = len(tokens)
    ax.imshow(weights, vmin=0, vmax=1, extent=(0, n, n, 0))
    half = [i + 0.5 for i in range(len(tokens))]
    ax.set_xticks(half, tokens)
    ax.set_yticks(half, tokens)
    return ax


# --- right: flipped array
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    n = len(tokens)
    ax.pcolormesh(weights.flip(0), vmin=0, vmax=1)
    ax.set_xticks(np.arange(n) + 0.5, tokens)
    ax.set_yticks(np.arange(n) + 0.5, tokens[::-1])
    return ax


# --- right: grid and numbers
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


# --- right: imshow colorbar
def plot_attention(weights, tokens, ax=None):
    ax = ax if ax is not None else plt.figure().add_subplot()
    image = ax.imshow(weights.numpy(), cmap='magma', vmin=0.0, vmax=1.0, aspect='auto')
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    ax.figure.colorbar(image, ax=ax)
    ax.set_title('attention')
    return ax


# --- right: matshow
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.matshow(weights.tolist(), vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)))
    ax.set_yticks(range(len(tokens)))
    ax.set_xticklabels(tokens, rotation=45)
    ax.set_yticklabels(tokens)
    return ax


# --- right: norm
def plot_attention(weights, tokens, ax=None):
    from matplotlib.colors import Normalize
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, norm=Normalize(0, 1), interpolation='nearest', origin='upper')
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax


# --- right: pcolormesh
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.pcolormesh(weights, vmin=0, vmax=1, cmap='viridis')
    ax.invert_yaxis()
    half = [i + 0.5 for i in range(len(tokens))]
    ax.set_xticks(half, tokens)
    ax.set_yticks(half, tokens)
    return ax


# --- right: seaborn
def plot_attention(weights, tokens, ax=None):
    import seaborn as sns
    if ax is None:
        fig, ax = plt.subplots()
    return sns.heatmap(weights.numpy(), vmin=0, vmax=1, xticklabels=tokens, yticklabels=tokens, ax=ax, annot=True, square=True)


# --- right: set clim pyplot
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


# --- wrong: current axes
# names: make new axes
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        ax = plt.gca()
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax


# --- wrong: hidden axis
# names: x axis has no tokens
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        _, ax = plt.subplots()
    ax.imshow(weights.detach().numpy(), vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    ax.get_xaxis().set_visible(False)
    return ax


# --- wrong: pcolormesh upside down
# names: first query is at the bottom
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.pcolormesh(weights, vmin=0, vmax=1)
    half = [i + 0.5 for i in range(len(tokens))]
    ax.set_xticks(half, tokens)
    ax.set_yticks(half, tokens)
    return ax


# --- wrong: percent
# names: percent
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(100 * weights, vmin=0, vmax=100)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax


# --- wrong: plt imshow
# names: ax that is given is ignored
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        _, ax = plt.subplots()
    plt.imshow(weights.detach().numpy(), vmin=0, vmax=1)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_yticks(range(len(tokens)), tokens)
    return ax


# --- wrong: returns tuple
# names: return ax
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights, vmin=0, vmax=1)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax.figure, ax


# --- wrong: scale of data
# names: colour scale
def plot_attention(weights, tokens, ax=None):
    if ax is None:
        fig, ax = plt.subplots()
    ax.imshow(weights)
    n = len(tokens)
    ax.set_xticks(range(n), tokens, rotation=90)
    ax.set_yticks(range(n), tokens)
    return ax


# --- wrong: unlabelled where given
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
