# --- right: cross entropy
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    two = torch.stack((chosen - chosen_before, rejected - rejected_before), dim=-1)
    return F.cross_entropy(beta * two, torch.zeros(len(chosen), dtype=torch.long))


# --- right: logaddexp
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    z = beta * (chosen - rejected - (chosen_before - rejected_before))
    return torch.logaddexp(torch.zeros_like(z), -z).mean()


# --- right: loop
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    total = 0
    for c, r, c0, r0 in zip(chosen, rejected, chosen_before, rejected_before):
        total = total - F.logsigmoid(beta * ((c - c0) - (r - r0)))
    return total / len(chosen)


# --- right: max and log1p
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    gained = chosen - chosen_before
    lost = rejected_before - rejected
    z = beta * (gained + lost)
    return ((-z).clamp(min=0) + torch.log1p(torch.exp(-z.abs()))).sum() / z.numel()


# --- right: module
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    ratio = (chosen - rejected) - (chosen_before - rejected_before)
    return torch.mean(-nn.LogSigmoid()(ratio * beta))


# --- right: softplus
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    chosen_gain = beta * (chosen - chosen_before)
    rejected_gain = beta * (rejected - rejected_before)
    return F.softplus(rejected_gain - chosen_gain).mean()


# --- right: with logits
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    z = beta * ((chosen - chosen_before) - (rejected - rejected_before))
    return F.binary_cross_entropy_with_logits(z, torch.ones_like(z))


# --- wrong: asks for a batch
# names: only the first pair counts
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    for c, r, c0, r0 in zip(chosen, rejected, chosen_before, rejected_before):
        z = beta * ((c - c0) - (r - r0))
        return -F.logsigmoid(z)


# --- wrong: list
# names: more than a tensor comes back
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    pairs = zip(chosen, rejected, chosen_before, rejected_before)
    return [-F.logsigmoid(beta * ((c - c0) - (r - r0))) for c, r, c0, r0 in pairs]


# --- wrong: loss and margin
# names: more than a tensor comes back
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    margin = (chosen - chosen_before) - (rejected - rejected_before)
    return -F.logsigmoid(beta * margin).mean(), margin


# --- wrong: math of each
# names: a plain number comes back|single numbers
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    margin = (chosen - chosen_before) - (rejected - rejected_before)
    return sum(math.log(1 + math.exp(-z)) for z in beta * margin) / len(margin)


# --- wrong: no return
# names: nothing comes back|return
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    margin = (chosen - chosen_before) - (rejected - rejected_before)
    loss = -F.logsigmoid(beta * margin).mean()


# --- wrong: numpy
# names: can't follow the result back
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    four = [t.detach().numpy() for t in (chosen, rejected, chosen_before, rejected_before)]
    z = beta * ((four[0] - four[2]) - (four[1] - four[3]))
    return torch.tensor(np.logaddexp(0, -z).mean(), dtype=torch.float32)


# --- wrong: plain number
# names: a plain number comes back
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    margin = (chosen - chosen_before) - (rejected - rejected_before)
    return float(-F.logsigmoid(beta * margin).mean())


# --- wrong: two losses added
# names: another number comes back
def dpo_loss(chosen, rejected, chosen_before, rejected_before, beta):
    good = -F.logsigmoid(beta * (chosen - chosen_before)).mean()
    bad = -F.logsigmoid(-beta * (rejected - rejected_before)).mean()
    return good + bad
