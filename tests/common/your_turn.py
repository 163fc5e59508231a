"""Where lessons let the learner write: what the function is called with, and what goes wrong.

Of each lesson and function: arguments, and bodies as learners write them, each with what they
should hear.
"""

import torch

_X = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
_P = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.6, 0.15, 0.2, 0.05], [0.35, 0.2, 0.15, 0.3]])

SLIPS = {
    "02-tensors": {
        "row_means": (
            (_X,),
            {
                "return table.mean(dim=1)": "keepdim=True is missing",
                "return table.mean(dim=0, keepdim=True)": "dim=0 goes down the columns",
                "return table.mean()": "a single mean",
                "return table.sum(dim=1, keepdim=True)": "these are sums",
                "table.mean(dim=1, keepdim=True)": "a return statement is missing",
            },
        ),
        "shared": (
            (torch.stack([_X, 2 * _X]),),
            {
                "return texts @ texts.T": ".T reverses all the dimensions",
                "return texts @ texts": "nothing is swapped",
                "return texts @ texts.reshape(2, 3, 4)": "reshape gives the right shape",
                "return texts.transpose(-2, -1) @ texts": "features meet features",
                "return texts * texts": "* multiplies number by number",
            },
        ),
        "picked": (
            (_P, torch.tensor([3, 0, 1])),
            {
                "return p[:, came]": "a colon takes all",
                "return p.gather(-1, came[:, None])": "[:, 0] makes a list of it",
                "return p.gather(-1, came)": "came[:, None] is a column",
                "return p.max(dim=-1).values": "the most likely word of each row",
            },
        ),
    },
}
