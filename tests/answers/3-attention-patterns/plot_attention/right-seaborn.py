def plot_attention(weights, tokens, ax=None):
    import seaborn as sns
    if ax is None:
        fig, ax = plt.subplots()
    return sns.heatmap(weights.numpy(), vmin=0, vmax=1, xticklabels=tokens, yticklabels=tokens, ax=ax, annot=True, square=True)
