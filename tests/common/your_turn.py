"""Where lessons let the learner write: what the function is called with, and what goes wrong.

Of each lesson and function: arguments, and bodies as learners write them, each with what they
should hear.
"""

import torch

_X = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
_P = torch.tensor([[0.1, 0.2, 0.3, 0.4], [0.6, 0.15, 0.2, 0.05], [0.35, 0.2, 0.15, 0.3]])
_SENTENCE = torch.tensor([0, 1, 2, 3, 0, 4])
_W_1 = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
_W_2 = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
_DOTS = torch.tensor([[0.0, 3.0, 2.0], [1.0, -2.0, 0.5], [-3.0, 1.5, 4.0]])
_ASKED = r"<|im_start|>user\n{question}<|im_end|>\n"
_SEED = torch.Generator().manual_seed(0)

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
                "return p.gather(-1, came[:, None])": "[:, 0] takes its numbers",
                "return p.gather(-1, came)": "came[:, None] is a column",
                "return p.max(dim=-1).values": "the most likely word of each row",
            },
        ),
    },
    "03-learning": {
        "mean_loss": (
            (torch.tensor([1.0, 0.5, 0.2, 0.01]),),
            {
                "return p.log().mean()": "the minus is missing",
                "return -p.mean().log()": "the mean comes before the logarithm",
                "return -p.log().sum()": "these are added up",
                "return -p.log()": "the mean is missing",
                "return -p.log10().mean()": "another base",
            },
        ),
        "slopes_by_formula": (
            (torch.tensor([1.5, -0.3, -2.2, 0.6, -1.1]).double(), torch.tensor(1)),
            {
                "return logits - F.one_hot(came, 5)": "the softmax is missing",
                "return F.one_hot(came, 5) - F.softmax(logits, dim=-1)": "the other way round",
                "return F.softmax(logits, dim=-1)": "nothing is subtracted",
                "return F.softmax(logits, dim=-1) - F.one_hot(came)": "as long as the logits",
                "return F.softmax(logits - F.one_hot(came, 5), -1)": "before the softmax",
            },
        ),
        "take_step": (
            (torch.zeros(5, 5), _SENTENCE[:-1], _SENTENCE[1:], 0.5),
            {
                "loss.backward()\nlogits -= rate * logits.grad\nlogits.grad.zero_()": "PyTorch is "
                "taking notes",
                "loss.backward()\nwith torch.no_grad():\n    logits -= rate * logits.grad": "never "
                "set to zero",
                "loss.backward()\nwith torch.no_grad():\n    logits += rate * logits.grad\n"
                "logits.grad.zero_()": "move up the slope",
                "loss.backward()\nlogits.grad.zero_()\nwith torch.no_grad():\n"
                "    logits -= rate * logits.grad": "stay where they were",
                "with torch.no_grad():\n    logits -= rate * logits.grad": "loss.backward() finds",
                "loss.backward()\nwith torch.no_grad():\n    logits = logits - rate * logits.grad\n"
                "return 0.0": "stay where they were",
            },
        ),
    },
    "04-transformer": {
        "cosine": (
            (torch.tensor([1.0, 2.0, 2.0]), torch.tensor([3.0, 0.0, 4.0])),
            {
                "return a @ b": "divided by nothing",
                "return a @ b / a.norm() * b.norm()": "brackets are missing",
                "return a @ b / a.norm()": "one of the lengths",
                "return a * b / (a.norm() * b.norm())": "the products aren't added up",
                "return a @ b / (a * b).norm()": "divided by something else",
            },
        ),
        "layer_norm": (
            (torch.tensor([[1.0, 2.0, 3.0, 6.0], [100.0, 200.0, 300.0, 600.0]]),),
            {
                "distance = v\nmean_square = (v**2).mean(dim=-1, keepdim=True)": "the mean isn't "
                "subtracted",
                "distance = v - v.mean(-1)\nmean_square = (distance**2).mean(-1)": "keepdim",
                "distance = v - v.mean()\nmean_square = (distance**2).mean()": "without dim",
                "distance = v - v.mean(dim=-1, keepdim=True)\n"
                "mean_square = (distance**2).sum(dim=-1, keepdim=True)": "the squares are added up",
                "distance = v - v.mean(dim=-1, keepdim=True)\n"
                "mean_square = distance.mean(dim=-1, keepdim=True)": "the square is missing",
                "distance = v - v.mean(dim=0, keepdim=True)\n"
                "mean_square = (distance**2).mean(dim=0, keepdim=True)": "rows get mixed",
            },
        ),
        "feed_forward": (
            (torch.tensor([1.0, -2.0]), _W_1, _W_2),
            {
                "return v @ W_1 @ W_2": "the bend is missing",
                "return F.relu(v @ W_1 @ W_2)": "the bend",
                "return F.relu(v) @ W_1 @ W_2": "the bend",
                "return F.relu(v @ W_1)": "the second matrix is missing",
                "return F.relu(W_1 @ v) @ W_2": "the shapes don't fit",
            },
        ),
        "next_probabilities": (
            (torch.tensor([[0.0, 1.0, 2.0], [2.0, 0.0, 0.0]]),),
            {
                "return F.softmax(logits, dim=-1)": "after every token",
                "return F.softmax(logits[0], dim=-1)": "after the first token",
                "return logits[-1]": "the softmax is missing",
                "return F.softmax(logits, dim=0)[-1]": "dim=0 runs over the tokens",
                "return F.softmax(logits[:, -1], dim=-1)": "the last column",
            },
        ),
    },
    "05-queries-keys-values": {
        "scores_of": (
            (torch.tensor([2.0, 1.0]), torch.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])),
            {
                "return K * q": "the products aren't added up",
                "return (K * q).sum(dim=0)": "keys get mixed",
                "return (K * q).sum()": "one number",
                "return q @ K": "it is K @ q",
                "return (K * q).sum(dim=1) / (K * q).sum()": "which comes next",
                "return torch.softmax(K @ q, dim=0)": "that is a softmax",
                "return K @ q / 2**0.5": "divided by a root",
                "return K[:, 0] * q[0] + K[:, 1] * q[1]": "is one of the lesson's written into it",
                "return torch.nn.functional.cosine_similarity(K, q, dim=-1)": "cosines",
            },
        ),
        "off_one": (
            (torch.tensor([[0.5, 0.2], [0.5, 0.5], [0.9, 0.6]]),),
            {
                "return rows.sum(dim=1) - 1": "abs() is missing",
                "return (rows.sum(dim=0) - 1).abs()": "the columns are added up",
                "return rows.sum(dim=1)": "the sums themselves",
                "return (rows.sum() - 1).abs()": "all rows are added up together",
                "return rows.sum(1).abs() - 1": "abs() comes before",
                "return (rows.sum(dim=1) - 1) ** 2": "0.1 too much counts as 0.01",
                "return (rows - 1).abs().sum(dim=1)": "from each number",
                "return rows.mean(dim=1) - 1": "means are taken",
            },
        ),
        "of_head": (
            (torch.arange(36.0).reshape(6, 6), 1, 2),
            {
                "return weight[head * d_head : (head + 1) * d_head]": ".T is missing",
                "return weight[:, head * d_head : (head + 1) * d_head]": "these are columns",
                "return weight.T[head * d_head : (head + 1) * d_head]": "rows are cut first",
                "return weight[:, head * d_head : (head + 1) * d_head].T": "rows are cut first",
                "return weight[64:96].T": "where they depend on head",
                "return weight[head * d_head : (head + 1) * d_head - 1].T": "one is missing",
                "return weight[(head - 1) * d_head : head * d_head].T": "another head",
            },
        ),
        "without": (
            (torch.arange(9.0).reshape(3, 3) + 1, 1),
            {
                "V[j] = 0\nreturn V": "it changes its argument V",
                "erased = V.clone()\nerased[:, j] = 0\nreturn erased": "that's column j",
                "erased = V.clone()\nerased[j] = 0": "a return statement is missing",
                "return torch.cat([V[:j], V[j + 1 :]])": "the row stays",
                "W = V.clone()\nW[0] = 0\nreturn W": "row 0, whichever",
            },
        ),
    },
    "06-scaled-dot-product-attention": {
        "typical_size": (
            (_DOTS,),
            {
                "return dots.mean().square().sqrt()": "positive and negative numbers cancel",
                "return dots.square().mean()": "the root is missing",
                "return dots.abs().mean()": "the mean without signs",
                "return dots.square().sum().sqrt()": "the squares are added up",
                "return dots.sqrt().mean()": "nan",
                "return dots.square().mean(dim=1).sqrt()": "leave out dim",
                "return (dots - dots.mean()).square().mean().sqrt()": "not from 0",
                "return dots.mean() ** 2": "positive and negative numbers cancel",
            },
        ),
        "favourite_share": (
            (_DOTS,),
            {
                "return torch.softmax(dots, dim=0).amax(dim=1).mean()": "down the columns",
                "return torch.softmax(dots, dim=1).amax()": "of all the queries",
                "return dots.amax(dim=1).mean()": "the softmax is missing",
                "return torch.softmax(dots, dim=1).amax(dim=1)": "the mean over the queries",
                "return torch.softmax(dots, dim=1).max(dim=1).mean()": "take the values",
                "return dots.max(dim=1).values.softmax(dim=0).mean()": "comes before the softmax",
                "w = dots.exp()\nreturn (w / w.sum(dim=1)).amax(dim=1).mean()": "keepdim=True",
                "w = dots.exp()\nreturn (w / w.sum(1, True)).amax(1).mean()": "infinity",
                "return (dots / 2**0.5).softmax(dim=1).amax(dim=1).mean()": "isn't asked for here",
            },
        ),
        "centred": (
            (_DOTS,),
            {
                "return scores - scores.mean(dim=-1)": "keepdim=True is missing",
                "return scores - scores.mean()": "one mean of all",
                "return scores - scores.mean(dim=0, keepdim=True)": "another dimension",
                "return scores.mean(dim=-1, keepdim=True)": "the means themselves",
                "return scores.mean(dim=-1, keepdim=True) - scores": "the sign is turned",
                "return scores - scores.max(dim=-1, keepdim=True).values": "the largest",
                "return torch.stack([row - row.mean() for row in scores])": "first dimension",
            },
        ),
    },
    "07-multi-head-attention": {
        "part_of": (
            (torch.arange(24).reshape(4, 6), 1, 2),
            {
                "return t[h * d_head : (h + 1) * d_head]": "these are rows",
                "return t[:, h : h + d_head]": "the columns begin at h",
                "return t[:, h * d_head : (h + 1) * d_head - 1]": "one is missing",
                "return t.reshape(3, 4, 2)[h]": "reshape reads line by line",
                "return t[:, 0:2]": "the first two columns",
                "return t[:, (h - 1) * d_head : h * d_head]": "another head",
            },
        ),
        "contribution": (
            (torch.randn(3, 4, 2, generator=_SEED), torch.randn(6, 6, generator=_SEED), 1),
            {
                "return heads[h] @ W_o": "the inner sizes don't fit",
                "return heads[h] @ W_o[:2]": "the rows of head 0",
                "return heads[h] @ W_o[h : h + 2]": "the rows begin at h",
                "return heads[h] @ W_o[:, 2 * h : 2 * h + 2].T": "columns of W_o",
                "return heads @ W_o[2 * h : 2 * h + 2]": "all the heads",
                "return heads[h] @ W_o[32 * h : 32 * h + 32]": "d_head is heads.shape[-1]",
                "return heads.transpose(0, 1).flatten(1) @ W_o": "bring together",
            },
        ),
        "without_head": (
            ([*torch.randn(3, 4, 6, generator=_SEED)], torch.ones(6), 1),
            {
                "return sum(contributions) - contributions[h]": "the bias is missing",
                "return sum(contributions) + b_o": "the head is still in it",
                "return contributions[h] + b_o": "by itself",
                "contributions[h] *= 0\nreturn sum(contributions) + b_o": "changes its argument",
                "return sum(c + b_o for c in contributions) - contributions[h] - b_o": "each head",
                "return sum(contributions[:h]) + b_o": "the heads after it",
                "total = b_o.clone()\nfor c in contributions:\n    total += c": "total = total +",
            },
        ),
    },
    "08-what-heads-do": {
        "heads_preferring": (
            (torch.rand(2, 3, 4, 4, generator=_SEED), 3, 1, 2),
            {
                "return (weights[:, :, first, query] > weights[:, :, second, query]).sum()": "on "
                "the query",
                "return (weights[:, :, query, first] < weights[:, :, query, second]).sum()": "that "
                "prefer the second",
                "return weights[:, :, query, first] > weights[:, :, query, second]": "the count is "
                "missing",
                "return (weights[:, :, query, first] > weights[:, :, query, second]).mean()": (
                    "can't average"
                ),
                "return (weights[:, :, query, first] - weights[:, :, query, second]).sum()": "are "
                "added up",
            },
        ),
        "luckiest": (
            (torch.rand(5, 4, 6, generator=_SEED) < 0.5,),
            {
                "return coins.sum(dim=-1).amax().float()": "of all the rounds together",
                "return coins.sum(dim=-1).float().mean()": "the average head",
                "return coins.sum(dim=-1).amax(dim=-1)": "the mean over the rounds is missing",
                "return coins.sum(dim=-1).amax(dim=-1).mean()": "average whole numbers",
                "return coins.sum(dim=-1).max(dim=-1).float().mean()": "amax gives the values",
                "return coins.sum(dim=-1).amax(dim=0).float().mean()": "the best round of each",
                "return coins.sum(dim=1).amax(dim=-1).float().mean()": "over the heads",
            },
        ),
        "both_times": (
            (*torch.rand(4, 6, 2, 3, generator=_SEED),),
            {
                "return ((right_1 > rival_1) and (right_2 > rival_2)).sum(dim=0)": "it is &",
                "return (right_1 > rival_1 & right_2 > rival_2).sum(dim=0)": "brackets of its own",
                "return ((right_1 > rival_1) | (right_2 > rival_2)).sum(dim=0)": "in one of the "
                "two",
                "return ((right_1 > rival_1) & (right_2 > rival_2)).sum()": "counted together",
                "return (right_1 > rival_1) & (right_2 > rival_2)": "the count is missing",
                "return (right_1 > rival_1).sum(0) + (right_2 > rival_2).sum(0)": "all the hits",
            },
        ),
        "change_of": (
            (torch.tensor([0.6, 0.8]), torch.tensor([0.8, 0.6])),
            {
                "return whole @ without": "that's the cosine",
                "return 1 - whole * without": "aren't added up",
                "return (whole - without).norm()": "the distance between the two",
                "return whole @ without - 1": "the other way round",
            },
        ),
    },
    "09-causal-masking": {
        "p_of_next": (
            (torch.eye(4), torch.tensor([0, 2, 1, 3])),
            {
                "return logits[:-1].gather(-1, ids[1:, None])[:, 0]": "the softmax is missing",
                "return logits.softmax(-1).gather(-1, ids[:, None])[:, 0]": "nothing is shifted",
                "return logits[1:].softmax(-1).gather(-1, ids[1:, None])[:, 0]": "along with the "
                "tokens",
                "return logits[:-1].softmax(-1).gather(-1, ids[1:])": "a column",
                "return logits[:-1].softmax(-1).gather(-1, ids[1:, None])": "[:, 0] takes its",
                "return logits.softmax(-1).gather(-1, ids[1:, None])": "gather gives a column",
                "return logits[:-1].softmax(0).gather(-1, ids[1:, None])[:, 0]": "dim=0 runs over "
                "the positions",
            },
        ),
        "weights_up_to": (
            (
                1,
                torch.tensor([[0.0, 0.0], [-2.0, -1.0], [-2.0, -1.0], [2.0, 1.0]]),
                torch.tensor([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [-1.0, -1.0]]),
            ),
            {
                "return (K[:i] @ Q[i] / math.sqrt(2)).softmax(dim=0)": "own key is missing",
                "return (K @ Q[i] / math.sqrt(2)).softmax(dim=0)": "the later ones included",
                "return (K @ Q[i] / math.sqrt(2)).softmax(dim=0)[: i + 1]": "before the cut",
                "return (K[: i + 1] @ Q[i]).softmax(dim=0)": "the division by √2 is missing",
                "return K[: i + 1] @ Q[i] / math.sqrt(2)": "the softmax is missing",
                "return (Q[i] @ K[: i + 1] / math.sqrt(2)).softmax(dim=0)": "mixes the keys'",
            },
        ),
        "moved_by": (
            (torch.ones(4, 4).tril(), torch.eye(4)),
            {
                "return (after - before).norm(dim=-1)": "isn't divided by the length before",
                "return (after - before).norm(dim=-1) / after.norm(dim=-1)": "after the change",
                "return (after - before).norm() / before.norm()": "all rows together",
                "return (after - before).norm(dim=0) / before.norm(dim=0)": "down the columns",
                "return (after.norm(dim=-1) - before.norm(dim=-1)) / before.norm(dim=-1)": "a row "
                "can turn",
            },
        ),
        "mean_of_real": (
            (
                torch.arange(12.0).view(2, 3, 2),
                torch.tensor([[[True, False, False]], [[True, True, True]]]),
            ),
            {
                "return x.mean(dim=1)": "padding is in the mean",
                "return (x * weight).mean(dim=1)": "divided by all the positions",
                "return (x * weight).sum(dim=1)": "isn't divided by how many",
                "return (x * weight).sum(dim=1) / weight.sum()": "of the whole batch",
                "return (x * counted).sum(dim=1) / counted.sum(dim=1)": "weight is (batch, n, 1)",
            },
        ),
    },
    "10-positional-encoding": {
        "steps_up": (
            (torch.tensor([3.0, 1.0, 2.0, 2.0, 5.0]),),
            {
                "return (row[1:] < row[:-1]).sum()": "the steps down are counted",
                "return (row[1:] >= row[:-1]).sum()": "keeps the number",
                "return row[1:] > row[:-1]": "the count is missing",
                "return (row[1:] > row).sum()": "not of the same length",
                "return (row[1:] - row[:-1]).sum()": "not counted",
                "return (row[1:] > row[0]).sum()": "compared with one number",
                "return (row[1:] > row[:-1]).mean()": "can't average True and False",
            },
        ),
        "turned": (
            (torch.tensor([0.64, 0.48]), 1),
            {
                "return torch.tensor([[c, s], [-s, c]]) @ pair": "the other way",
                "return pair @ torch.tensor([[c, -s], [s, c]])": "the other way",
                "return torch.tensor([[c, s], [s, c]]) @ pair": "a minus is missing",
                "return torch.tensor([[s, -c], [c, s]]) @ pair": "changed places",
                "return torch.tensor([[c, -s], [s, c]]) * pair": "number by number",
                "return torch.tensor([c, -s, s, c]) @ pair": "a matrix has rows",
            },
        ),
        "with_penalty": (
            (torch.tensor([3.0, 0, 1, 0, 0]), 0.5, torch.tensor([4.0, 3.0, 2.0, 1.0, 0.0])),
            {
                "return (scores + m * distance).softmax(dim=0)": "the penalty is added",
                "return scores.softmax(dim=0) - m * distance": "before the penalty",
                "return scores - m * distance": "the softmax is missing",
                "return (scores - distance).softmax(dim=0)": "the slope m is missing",
                "return (scores - m).softmax(dim=0)": "no penalty grows with the distance",
            },
        ),
    },
    "11-counting": {
        "n_parameters": (
            (torch.nn.Linear(3, 4),),
            {
                "return len(list(module.parameters()))": "counted as tensors",
                "return module.weight.numel()": "a layer has a bias, too",
                "return sum(len(p) for p in module.parameters())": "the rows of each",
                "return sum(p.sum() for p in module.parameters())": "to be counted",
                "return sum(p.numel for p in module.parameters())": "brackets of numel()",
                "return sum(p.numel() for p in module.parameters)": "brackets of parameters()",
                "return module.parameters().numel()": "one tensor after another",
                "return sum(p.shape[0] * p.shape[1] for p in module.parameters())": "two sides",
                "return sum(p.shape for p in module.parameters())": "isn't a number",
                "return [p.numel() for p in module.parameters()]": "the sum is missing",
            },
        ),
        "attention_term": (
            (100, 64, 5),
            {
                "return 4 * n * d_model": "the layers are missing",
                "return 2 * n * d_model * n_layers": "mixing as much again",
                "return 4 * n**2 * d_model * n_layers": "that's the whole text",
                "return 4 * n * d_model**2 * n_layers": "d_model is there twice",
                "return 4 * d_model * n_layers": "the n keys are missing",
                "return 3 * n * d_model * n_layers": "it comes out too small",
                "return 5 * n * d_model * n_layers": "it comes out too large",
            },
        ),
        "gigabytes": (
            (600_000_000, 4),
            {
                "return n_parameters * bits / 1e9": "a byte has 8",
                "return n_parameters * bits / 8": "a GB is a billion of them",
                "return n_parameters * bits / 8 / 2**30": "these are GiB",
                "return n_parameters * bits / 8 / 1024**3": "these are GiB",
                "return n_parameters * bits // 8 // 10**9": "it is rounded down",
                "return n_parameters * 4 / 1e9": "whatever bits says",
            },
        ),
        "training_bytes": (
            (1000, 300, 5),
            {
                "return 4 * n_parameters + n_texts * of_a_text": "the parameter at rest",
                "return 12 * n_parameters + n_texts * of_a_text": "one of the four numbers",
                "return 16 * n_parameters + of_a_text": "the number of texts is missing",
                "return 16 * n_parameters": "the activations are missing",
                "return (16 * n_parameters + of_a_text) * n_texts": "only once",
                "return 16 * (n_parameters + n_texts * of_a_text)": "in bytes already",
            },
        ),
    },
    "12-decoder": {
        "silu": (
            (torch.tensor([-5.0, -1.0, 0.0, 1.0, 5.0]),),
            {
                "return torch.sigmoid(z)": "z itself is missing",
                "return z * torch.sigmoid(-z)": "a sign is wrong",
                "return z * (1 + torch.exp(-z))": "1 divided by this",
                "return F.relu(z)": "without the soft bend",
                "return z @ torch.sigmoid(z)": "multiplies number by number",
                "return z": "its sigmoid is missing",
                "return z / (1 + math.exp(-z))": "torch.exp takes each",
                "return z * torch.sigmoid": "parentheses are missing",
            },
        ),
        "step_down": (
            (torch.tensor([1.0, -2.0]), torch.tensor([0.5, -3.0]), 0.2),
            {
                "return point + rate * slopes": "a step up the slope",
                "return point - slopes": "the rate is missing",
                "return -rate * slopes": "the point is missing",
                "return rate * slopes - point": "the wrong way round",
                "return point - rate * slopes.abs()": "the signs of the slopes are gone",
                "return point - rate @ slopes": "a number times a tensor is *",
                "return 0.1 + point.double() - rate * slopes": "outside of the function",
                "point -= rate * slopes\nreturn point": "changes its argument",
                "point - rate * slopes": "a return statement is missing",
            },
        ),
        "adam_step": (
            (
                torch.tensor([2.0, -1.0]),
                torch.tensor([0.2, -1.0]),
                torch.tensor([0.25, 16.0]),
                0.3,
            ),
            {
                "return point - rate * mean / square": "the root is missing",
                "return point - rate * mean": "nothing is divided",
                "return point - rate * square.sqrt() / mean": "upside down",
                "return point + rate * mean / square.sqrt()": "a step up the slope",
                "return point - mean / square.sqrt()": "the rate is missing",
                "return point - rate * square / mean.sqrt()": "the root is taken of square",
                "return point - rate * mean / square.mean().sqrt()": "square is a mean already",
                "return point - rate * mean / square ** 2": "square is squared already",
                "return mean / square.sqrt()": "the rate and the point are missing",
            },
        ),
        "clip_factors": (
            (torch.tensor([5.0, 0.5, 1.5]), 2.0),
            {
                "return max_norm / norms": "short gradients are made longer",
                "return norms / max_norm": "upside down",
                "return norms.clamp(max=max_norm)": "these are norms",
                "return min(1, max_norm / norms)": "takes each",
                "return (max_norm / norms).clamp(min=1)": "the wrong way round",
                "return (max_norm / norms).clamp(max=max_norm)": "where 1 is the most",
                "return max_norm / norms.clamp(max=1)": "clamp the fraction",
                "return torch.min(max_norm / norms, 1)": "read as a dim",
                "return torch.where(norms > max_norm, max_norm / norms, norms)": "its factor is 1",
            },
        ),
    },
    "13-writing": {
        "share_invented": (
            (
                ["the", "dear", "mispleasure", "the", "mispleasure"],
                {"the", "dear", "sister", "of"},
            ),
            {
                "return sum(word not in known for word in spoken)": "divide by how many words",
                "return sum(w in known for w in spoken) / len(spoken)": "the share of known words",
                "return len(set(spoken) - known) / len(set(spoken))": "counts once",
                "return [word for word in spoken if word not in known]": "not a list",
                "return sum(spoken not in known) / len(spoken)": "go through its words",
                "return [w not in known for w in spoken] / len(spoken)": "before you divide",
                "for word in spoken:\n    return word not in known": "only the first word",
                "return sum(known not in w for w in spoken) / len(spoken)": "the other way round",
            },
        ),
        "relative_change": (
            (
                torch.tensor([[10.0, 0.0], [0.0, 0.0]]),
                torch.tensor([[10.0, -3.0], [4.0, 0.0], [9.0, 9.0]]),
            ),
            {
                "return (after - before).norm() / before.norm()": "after[:-1] leaves it out",
                "return (after[1:] - before).norm() / before.norm()": "leaves out the first row",
                "return (after[:-1] - before).norm()": "isn't divided by the size",
                "return after[:-1].norm() / before.norm()": "nothing is subtracted",
                "return (after[:-1] - before).norm(dim=-1) / before.norm(dim=-1)": "without dim",
                "return (after[:-1] - before).abs().sum() / before.abs().sum()": "the root of",
                "return (after[-1] - before).norm() / before.norm()": "the new row alone",
                "return (after[:-1] - before[:-1]).norm() / before.norm()": "a row of before",
            },
        ),
        "positions": (
            (4, 8),
            {
                "return sum(range(n_prompt, n_prompt + n_new)), n_prompt + n_new": "the last new "
                "token is counted",
                "return sum(range(n_prompt, n_new)), n_prompt + n_new - 1": "range ends before",
                "return n_prompt * n_new, n_prompt + n_new - 1": "the text grows",
                "return sum(range(n_prompt, n_prompt + n_new))": "two numbers are asked for",
                "return sum(range(n_prompt, n_prompt + n_new)), n_new": "the prompt goes through",
                "return sum(range(n_prompt, n_prompt + n_new + 1)), n_prompt + n_new": "in both",
                "return sum(range(5, 12)), 11": "that's for 5 tokens",
                "return sum(n_prompt, n_new), n_prompt + n_new - 1": "what a range gives",
            },
        ),
        "as_prompt": (
            ("Why is the sky blue?",),
            {
                f'return f"{_ASKED}<|im_start|>assistant"': "line break behind assistant",
                f'return f"{_ASKED}"': "isn't begun",
                f'return f"{_ASKED}<|im_start|>assistant\\n<|im_end|>\\n"': "is ended already",
                f'return "{_ASKED}<|im_start|>assistant\\n"': "an f before the quotes",
                'return f"<|im_start|>user\\n{question}<|im_start|>assistant\\n"': (
                    "<|im_end|> is missing behind"
                ),
                'return f"<|im_start|>user{question}<|im_end|>\\n<|im_start|>assistant\\n"': (
                    "the line break behind user"
                ),
                'return "<|im_start|>user\\nWho?<|im_end|>\\n<|im_start|>assistant\\n"': (
                    "isn't in it"
                ),
                f'return f"{_ASKED}<|im_end|>assistant\\n"': "each turn begins with",
                f'return f"{_ASKED}<|im_start|>assistant:\\n"': "nothing but a line break",
                f'return f"\\n{_ASKED}<|im_start|>assistant\\n"': "begins with a line break",
            },
        ),
    },
    "14-induction": {
        "read_on": (
            ("vFgvKhvR", 6),
            {
                "return text[text.index(text[i]) + 1]": "the first copy",
                "return text[text[:i].rindex(text[i])]": "text[i] again",
                "return text[text[:i].rfind(text[i]) + 1]": "this reads text[0]",
                "return text[text[:i].rindex(text[i]) + 1]": "index and rindex raise",
                "return text[text.rfind(text[i], 0, i + 1) + 1]": "nobody has read yet",
                "for j in range(i - 1, -1, -1):\n    if text[j] == text[i]:\n"
                "        return j + 1": "that's a place",
                "for j in range(i - 1, -1, -1):\n    if text[j] == text[i]:\n"
                "        return text[j - 1]": "the letter before the copy",
                "for j in range(len(text), -1, -1):\n    if text[j] == text[i]:\n"
                "        return text[j + 1]": "runs past the end",
                "for j in range(i - 1, -1, -1):\n    if text[j] == text[i]:\n"
                "        return text[j + 1]\n    return None": "None only when the loop has ended",
            },
        ),
        "after_copy": (
            (torch.tensor([3, 1, 4, 3, 3, 1]),),
            {
                "found = tokens[:, None] == tokens": "the copies themselves are marked",
                "found[:, 1:] = tokens[:, None] == tokens[1:]": "compare with tokens[:-1]",
                "found[:, :-1] = tokens[:, None] == tokens[:-1]": "begins in column 1",
                "found[:, 1:] = tokens == tokens[:-1]": "a column compared with a row",
                "found[1:] = tokens == tokens[:-1, None]": "rows and columns are swapped",
                "found[:, 1:] == (tokens[:, None] == tokens[:-1])": "nothing is marked",
                "for i in range(len(tokens)):\n    for j in range(len(tokens)):\n"
                "        if tokens[i] == tokens[j]:\n            found[i, j + 1] = True": "the "
                "last letter has no column",
            },
        ),
        "counted_back": (
            (torch.arange(12).view(2, 6), 2),
            {
                "return tokens[:, k:]": "the tokens from k on",
                "return tokens[:-k]": "leaves out texts",
                "return tokens[:, :k]": "the first k",
                "return tokens.roll(k, dims=1)": "brings the last ones to the front",
                "return tokens[:, : -k - 1]": "one is missing",
                "return tokens[:, -k]": "a single letter of each text",
                "return tokens[:, : len(tokens) - k]": "counts texts",
                "return tokens[:, :-23]": "whatever k is",
            },
        ),
        "once_more": (
            (torch.arange(6).view(2, 3), torch.tensor([2, 0, 1])),
            {
                "return torch.cat((ids, ids), dim=1)": "order isn't used",
                "return torch.cat((ids, ids[:, order]))": "one below the other",
                "return torch.cat(ids, ids[:, order], dim=1)": "in brackets of their own",
                "return ids[:, order]": "the first half is missing",
                "return torch.cat((ids, ids[order]), dim=1)": "a colon first",
                "return torch.cat((ids, order), dim=1)": "order is a row of places",
            },
        ),
    },
    "15-looking-inside": {
        "next_of": (
            (torch.tensor([[0.0, 3.0, 1.0, -1.0], [2.0, -1.0, 0.5, 0.0]]),),
            {
                "return logits.max(dim=-1)": "the softmax is missing",
                "return logits.softmax(dim=-1).argmax(dim=-1)": "the probability is missing",
                "return logits.softmax(dim=0).max(dim=-1)": "down the columns",
                "best, p = logits.softmax(-1).max(-1)\nreturn p, best": "the wrong way round",
                "return logits.softmax(dim=-1).topk(1)": "of size 1 too many",
                "return logits.softmax(dim=-1).max()": "two tensors are asked for",
            },
        ),
        "swapped": (
            (torch.arange(12.0).view(2, 3, 2), -1, -torch.eye(2)),
            {
                "x[:, place] = vectors\nreturn x": "it changes its argument x",
                "mixed = x.clone()\nmixed[:, place] = vectors": "a return statement is missing",
                "mixed = x.clone()\nmixed[place] = vectors\nreturn mixed": "so is x[:, place]",
                "mixed = x.clone()\nmixed[:, place] == vectors\nreturn mixed": "nothing is swapped",
                "mixed = x.clone()\nmixed[:, place] = vectors[place]\nreturn mixed": "the same "
                "vector",
            },
        ),
        "ahead_by": (
            (
                torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.5, 0.3]]),
                torch.tensor([0, 2]),
                torch.tensor([2, 1]),
            ),
            {
                "p = logits.softmax(-1)\n"
                "return (p.gather(-1, own[:, None]) - p.gather(-1, other[:, None]))[:, 0]": "the "
                "logarithm is missing",
                "return (logits.gather(-1, other[:, None]) - logits.gather(-1, own[:, None]))"
                "[:, 0]": "the sign is turned",
                "return logits.gather(-1, own[:, None]) - logits.gather(-1, other[:, None])": "a "
                "column comes back",
                "return logits.gather(-1, own) - logits.gather(-1, other)": "a column of ids",
                "return logits[:, own] - logits[:, other]": "a colon takes all texts",
            },
        ),
        "way": (
            (torch.tensor([4.0, 6.0]), torch.tensor([1.0, 5.0]), torch.tensor([-2.0, -8.0])),
            {
                "return (before - after) / (before - at_most)": "add up first",
                "return ((before - after) / (before - at_most)).mean()": "the mean of shares",
                "return (before - after).sum() / before.sum()": "the lead itself",
                "return after.sum() / before.sum()": "what is left of the lead",
                "return (before - at_most).sum() / (before - after).sum()": "upside down",
                "return before - after / before - at_most": "brackets are missing",
            },
        ),
        "of_heads": (
            (*torch.arange(72.0).view(2, 2, 3, 3, 2), [0, 2]),
            {
                "brought[:, -1, which] = others[:, -1, which]\nreturn brought": "changes its "
                "argument",
                "mixed = brought.clone()\nmixed[:, -1] = others[:, -1]\nreturn mixed": "all heads "
                "are swapped",
                "mixed = brought.clone()\nmixed[:, :, which] = others[:, :, which]\n"
                "return mixed": "at all tokens",
                "mixed = brought.clone()\nmixed[:, which] = others[:, which]\nreturn mixed": "the "
                "head is the third",
                "mixed = brought.clone()\nmixed[:, -1, which] = others\nreturn mixed": "four "
                "indices",
            },
        ),
    },
    "16-make-it-yours": {
        "share_right": (
            (["1812-05-03", "May 1812", "1900-01-02."], ["1812-05-03", "1812-05-04", "1900-01-02"]),
            {
                "return sum(a == b for a, b in zip(said, wanted))": "divide by how many",
                "return sum(b in a for a, b in zip(said, wanted)) / len(said)": "somewhere in it",
                "return said == wanted": "as a whole",
                "return sum(a is b for a, b in zip(said, wanted)) / len(said)": "the same object",
                "return sum(a.strip() == b for a, b in zip(said, wanted)) / len(said)": "cut off",
                "return sum(a.startswith(b) for a, b in zip(said, wanted)) / len(said)": "begins",
                "same = [x == y for a, b in zip(said, wanted) for x, y in zip(a, b)]\n"
                "return sum(same) / len(same)": "as a whole or not at all",
                "return sum(a == b for a in said for b in wanted) / len(said)": "with its own",
                "return 100 * sum(a == b for a, b in zip(said, wanted)) / len(said)": "per cent",
            },
        ),
        "adapter_size": (
            (576, 192, 4),
            {
                "return rank * d_in * rank * d_out": "multiplied: they stand beside each other",
                "return rank * d_in": "B is missing",
                "return d_in * d_out": "the large matrix",
                "return d_in + d_out": "the rank is missing",
                "return rank * d_in + d_out": "brackets are missing",
            },
        ),
        "which_count": (
            (3, 2),
            {
                "return torch.arange(n_asked + n_said) > n_asked": "one too few",
                "return torch.arange(n_asked + n_said) < n_asked": "the reply doesn't",
                "return torch.ones(n_asked + n_said, dtype=torch.bool)": "all count",
                "return torch.arange(n_said) >= n_asked": "a place for each token",
                "return [i >= n_asked for i in range(n_asked + n_said)]": "not a list",
            },
        ),
        "log_p_of": (
            (torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.5, 0.3]]), torch.tensor([1, 2])),
            {
                "return logits.log_softmax(-1).gather(-1, ids[:, None]).mean()": "the mean is",
                "return logits.softmax(-1).gather(-1, ids[:, None]).sum()": "the logarithm is",
                "return logits.gather(-1, ids[:, None]).sum()": "the softmax is missing",
                "return logits.log_softmax(-1).gather(-1, ids).sum()": "a column of ids",
                "return -logits.log_softmax(-1).gather(-1, ids[:, None]).sum()": "turned",
                "return logits.log_softmax(-1).gather(-1, ids[:, None]).sum().detach()": "slopes",
                "return logits.log_softmax(-1).gather(-1, ids[:, None]).sum().item()": "slopes",
            },
        ),
    },
}
