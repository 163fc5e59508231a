def training_step(model, optimizer, tokens, max_norm=1.0):
    if tokens.shape[1] < 2:
        raise ValueError(f"tokens has {tokens.shape[1]} positions; a prediction needs 2")
    model.train()
    logits = model(tokens[:, :-1])
    loss = F.cross_entropy(logits.transpose(1, 2), tokens[:, 1:])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], max_norm)
    optimizer.step()
    return loss.item()
