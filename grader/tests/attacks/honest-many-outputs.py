"""An honest answer with pictures, tables and long prints in its cell."""
# verdict: passed
from IPython.display import HTML, Markdown, display


def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum(dim, keepdim=True)


display(HTML("<table><tr><td>1</td></tr></table>"), Markdown("**done**"))
for number in range(2000):
    print(number, end=" ")
plt.plot(softmax(torch.arange(5.0)))
plt.show()
plt.imshow(softmax(torch.randn(3, 3)))
