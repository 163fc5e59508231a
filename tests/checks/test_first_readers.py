"""What first readers typed: the message names the cause, in words that they can act on.

Each would else have gone to look for another mistake, or in another cell.
"""

import itertools

import pytest

from checks.run import aside
from course.authoring.in_process import cells_of

TOKENS, MASKING = "0-tokens", "4-causal-masking"
DECODER, GENERATION, INSIDE = "7-decoder", "8-generation", "9-inside"


def _said(exercise, of, changes, name=""):
    """What the tests of `name`, or of `of`, say where the solution of `of` has text replaced."""
    cells = cells_of(exercise)
    text = cells.solutions[of]
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return cells.complaints(name or of, cells.answered(of, text))


ONE_BATCH = {"causal_mask(x.shape[-2])": "causal_mask(x.shape[1])"}
LOG_SOFTMAX = "torch.log_softmax(logits[..., :-1, :], dim=-1)"
CUT = "nn.utils.clip_grad_norm_(model.parameters(), max_norm)"
NEW_LOSS = "loss = torch.tensor(next_token_loss(model(tokens), tokens).item(), requires_grad=True)"
KV_HEADS = "self.n_kv_heads"
RESHAPED = "self.W_q(x).reshape(*x.shape[:-2], self.n_heads, x.shape[-2], -1)"
GATE = "self.W_gate = nn.Linear(d_model, d_ff, bias=False)"
ATTENTION = "scaled_dot_product_attention"
HIDDEN = "scores.masked_fill(~mask, -math.inf)"
LATE = "causal_mask((cache or KVCache()).n_seen + n)[(cache or KVCache()).n_seen :]"
SAID = {
    "a batch turned round as a whole, under a mask": (
        (MASKING, ATTENTION, {"K.transpose(-2, -1)": "K.T"}),
        "the batch is not handled",
        "the mask does not broadcast",
    ),
    "an index that does not broadcast": (
        (MASKING, ATTENTION, {HIDDEN: "scores.index_put((~mask,), torch.tensor(-math.inf))"}),
        "the mask does not broadcast",
        "the batch is not handled",
    ),
    "a mask that is asked whether it is true": (
        (MASKING, ATTENTION, {"if mask is not None:\n        scores": "if mask:\n        scores"}),
        "write `if mask is not None`",
    ),
    "infinity times 0 before the weights are zeroed": (
        (MASKING, ATTENTION, {HIDDEN: "scores + (1 - mask.float()) * -math.inf"}),
        "0 times infinity is NaN",
        "needs ~mask",
    ),
    "scores times the mask before the weights are zeroed": (
        (MASKING, ATTENTION, {HIDDEN: "scores * mask"}),
        "masked scores are put to 0",
    ),
    "ids of a word in front": (
        (
            TOKENS,
            "encode",
            {
                "found += [ids[symbol] for symbol in word]": "found = [ids[symbol] for "
                "symbol in word] + found"
            },
        ),
        "in another order",
        "spaces or line breaks are lost",
    ),
    "calls without caches": (
        (GENERATION, "generate_cached", {"model(unseen, caches)": "model(unseen)"}),
        "the model is called without the caches",
        "new caches at each step",
    ),
    "a sum without keepdim": (
        (GENERATION, "nucleus", {"sum(dim=-1, keepdim=True)": "sum(dim=-1)"}),
        "keepdim=True is missing in the sum",
        "the batch is not handled",
    ),
    "a block that counts on one batch dimension": (
        (DECODER, "DecoderBlock", ONE_BATCH),
        "DecoderBlock: the batch is not handled: x may have any number of leading dimensions, none",
    ),
    "a model of such blocks": (
        (DECODER, "DecoderBlock", ONE_BATCH, "DecoderLM"),
        "count from the end (x.shape[-2]) here and in DecoderBlock",
        "by reshape",
    ),
    "an error in a given function": (
        (DECODER, "DecoderBlock", {"merge_heads(heads)": "merge_heads(heads[0, 0])"}),
        "of your cell, in forward: return self.W_o(merge_heads(heads[0, 0]))",
    ),
    "the given function": (
        (DECODER, "DecoderBlock", {"merge_heads(heads)": "merge_heads(heads[0, 0])"}),
        "in merge_heads, which your answer calls: return x.transpose(-3, -2).flatten(-2)",
    ),
    "logits of all positions": (
        (DECODER, "generate", {"model(tokens)[:, -1]": "model(tokens)"}),
        "the logits of all positions go to sample_next",
        "sample_next gives (batch,)",
    ),
    "logits of all positions, with caches": (
        (GENERATION, "generate_cached", {"model(unseen, caches)[:, -1]": "model(unseen, caches)"}),
        "the logits of all positions go to sample_next",
        "sample_next gives (batch,)",
    ),
    "the logit of the last token of the vocabulary": (
        (DECODER, "generate", {"model(tokens)[:, -1]": "model(tokens)[..., -1]"}),
        "model(tokens)[..., -1] is the logit of the last token of the vocabulary",
    ),
    "a loss made anew": (
        (DECODER, "training_step", {"loss = next_token_loss(model(tokens), tokens)": NEW_LOSS}),
        "or the loss is made anew by torch.tensor",
    ),
    "the weights instead of the output": (
        (DECODER, "DecoderBlock", {"heads, _ = scaled": "_, heads = scaled"}),
        "the weights go on, not the output",
    ),
    "queries that are split by reshape": (
        (DECODER, "DecoderBlock", {"split_heads(self.W_q(x), self.n_heads)": RESHAPED}),
        "the queries are split without a transpose",
    ),
    "a temperature with a lower limit": (
        (DECODER, "sample_next", {"logits / temperature": "logits / max(temperature, 0.1)"}),
        "a temperature near 0 is raised to a lower limit",
    ),
    "repeat_interleave without dim": (
        (GENERATION, "repeat_kv", {"n_repeats, dim=-3": "n_repeats"}),
        "no dim is given",
    ),
    "n_seen that nobody sets": (
        (GENERATION, "KVCache", {"        self.n_seen = K.shape[-2]\n": ""}),
        "n_seen stays 0, so that what is there is never appended to",
    ),
    "n_seen of the features": (
        (GENERATION, "KVCache", {"self.n_seen = K.shape[-2]": "self.n_seen = K.shape[-1]"}),
        "n_seen counts features",
    ),
    "keys among the values": (
        (GENERATION, "KVCache", {"torch.cat((self.V, V)": "torch.cat((self.V, K)"}),
        "keys are among the values",
    ),
    "a sum over the rows": (
        (GENERATION, "nucleus", {"ordered.cumsum(dim=-1)": "ordered.cumsum(dim=0)"}),
        "the sum runs over the rows (dim 0)",
    ),
    "keys split into too many heads": (
        (GENERATION, "GroupedQueryAttention", {f"W_k(x), {KV_HEADS}": "W_k(x), self.n_heads"}),
        "W_k and W_v only n_kv_heads",
    ),
    "n_repeats that is n_kv_heads": (
        (GENERATION, "GroupedQueryAttention", {f"self.n_heads // {KV_HEADS}": KV_HEADS}),
        "repeated n_kv_heads times instead of n_heads // n_kv_heads",
    ),
    "probabilities in place of logits": (
        (GENERATION, "generate_cached", {"within.log()": "within"}),
        "sample_next gets probabilities, but takes logits",
    ),
    "a temperature that acts twice": (
        (GENERATION, "generate_cached", {"within.log(), 1.0": "within.log(), temperature"}),
        "the temperature acts twice",
    ),
    "math.sqrt of a tensor": (
        (DECODER, "RMSNorm", {"torch.sqrt(": "math.sqrt("}),
        "math.sqrt takes a single number, as float() does",
        "the batch is not handled",
    ),
    "dim=1 after the cut": (
        (DECODER, "next_token_loss", {LOG_SOFTMAX: LOG_SOFTMAX.replace("-1)", "1)")}),
        "the softmax runs over dimension 1, which with a batch is the positions: take "
        "torch.log_softmax(logits, dim=-1), along the vocabulary",
    ),
    "dim=1 before the cut": (
        (
            DECODER,
            "next_token_loss",
            {LOG_SOFTMAX: "torch.log_softmax(logits, dim=1)[..., :-1, :]"},
        ),
        "the softmax runs over dimension 1, which with a batch is the positions",
    ),
    "gather along the positions": (
        (DECODER, "next_token_loss", {"gather(-1,": "gather(1,"}),
        "gather runs along the positions: it is to pick from the vocabulary, dim=-1",
    ),
    "a parameter of another name": (
        (DECODER, "RMSNorm", {"self.weight = nn": "self.scale = nn", " * self.weight": ""}),
        "problem:   your module has no parameter named weight; has a parameter that it shouldn't "
        "have: scale",
        "should be a tensor",
    ),
    "a bias": (
        (DECODER, "SwiGLU", {GATE: GATE.replace("=False", "=True")}),
        "problem:   your module has a parameter that it shouldn't have: W_gate.bias",
        "should be a tensor",
    ),
    "frequencies": (
        (DECODER, "sample_next", {"logits / temperature": "logits * temperature"}),
        "; expected about [",
        "is [",
    ),
    "an assertion": (
        (
            DECODER,
            "sample_next",
            {"if temperature < 0:\n        raise ValueError(": "assert temperature >= 0, ("},
        ),
        "the input is refused, but with AssertionError instead of ValueError",
        "nothing in your code checks",
    ),
    "the loss is clamped before backward": (
        (DECODER, "training_step", {"loss.backward()": "loss.clamp(max=max_norm).backward()"}),
        "the loss is cut, not the gradients: where the norm of all gradients",
        "there are no gradients",
    ),
    "the model is clipped": (
        (DECODER, "training_step", {CUT: "nn.utils.clip_grad_norm_(model, max_norm)"}),
        "a model is no list of parameters: write model.parameters()",
    ),
    "an error that is returned": (
        (INSIDE, "induction_score", {"raise ValueError": "return ValueError"}),
        "the ValueError is returned, not raised: raise it",
        "bad input is not refused",
    ),
    "the norm after the output layer": (
        (INSIDE, "logit_lens", {"unembed(norm(states))": "norm(unembed(states))"}),
        "the norm comes after the output layer",
        "any number of dimensions",
    ),
    "an array of logits": (
        (INSIDE, "logit_lens", {"unembed(norm(states))": "unembed(norm(states)).numpy()"}),
        "a list or an array comes back",
        "the logits are not those of the level",
    ),
    "every period-th query": (
        (INSIDE, "induction_score", {"range(period, n)": "range(period, n, period)"}),
        "only every period-th query is counted",
        "a return inside the loop",
    ),
    "dims of a head that are counted in the whole": (
        (INSIDE, "mean_ablate", {"mean(dim=(0, 1))": "mean(dim=(0, 2))"}),
        "heads[:, head] has three dimensions",
    ),
    "a logit that lost its dimension": (
        (INSIDE, "rank_of", {"ids[..., None])": "ids[..., None])[..., 0]"}),
        "two shapes don't line up",
    ),
    "n_seen is read late": (
        (GENERATION, "GroupedQueryAttention", {"causal_mask(n_seen + n)[n_seen:]": LATE}),
        "n_seen counts the new positions already: read it before extend",
    ),
    "a mask of the new positions alone": (
        (
            GENERATION,
            "GroupedQueryAttention",
            {"causal_mask(n_seen + n)[n_seen:]": "causal_mask(n)"},
        ),
        "with a cache the sizes don't fit",
        "read it before extend",
    ),
    "a float": (
        (GENERATION, "kv_cache_bytes", {"return numbers": "return 1.0 * numbers"}),
        "a float comes back",
        "a tensor comes back",
    ),
    "a tensor": (
        (GENERATION, "kv_cache_bytes", {"return numbers": "return torch.tensor(1) * numbers"}),
        "a tensor comes back",
        "a float comes back",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_cause_is_named(case):
    call, wanted, *unwanted = SAID[case]
    said = _said(*call)
    assert said, "gets full marks"
    assert wanted in said[0], said[0]
    assert [words for words in unwanted if words in said[0]] == [], said[0]


def test_a_block_that_counts_on_a_batch_fails_the_visible_test():
    """Whoever goes on would meet it in DecoderLM, and look there."""
    assert len(_said(DECODER, "DecoderBlock", ONE_BATCH)) == 2


def test_no_two_slips_in_the_size_of_a_cache_give_the_same_number():
    """A learner would be told of two, and have to find out which it was."""
    cells = cells_of(GENERATION)
    right = cells.answered()
    (check,) = cells.exercise.checks["kv_cache_bytes"]
    found = [
        cells.complaints("kv_cache_bytes", right | {"kv_cache_bytes": wrong})
        for _, wrong in check.implementations
    ]
    assert [said for said in itertools.chain(*found) if "; or: " in said] == []


TWO_SLIPS = {
    "a norm that starts at 0 and a fixed number of blocks": (
        {"RMSNorm": ("torch.ones(d_model)", "torch.zeros(d_model)")},
        "DecoderLM",
        ("range(config.n_layers)", "range(3)"),
    ),
    "logits divided in place and a token too many": (
        {"sample_next": ("logits / temperature", "logits.div_(temperature)")},
        "generate",
        ("range(n_new)", "range(max(n_new, 1))"),
    ),
}


@pytest.mark.parametrize("slips", TWO_SLIPS)
def test_an_earlier_answer_is_not_blamed_for_what_is_wrong_besides(slips):
    earlier, name, change = TWO_SLIPS[slips]
    cells = cells_of(DECODER)
    texts = dict(cells.solutions)
    for each, (old, new) in (earlier | {name: change}).items():
        assert texts[each].count(old) == 1, old
        texts[each] = texts[each].replace(old, new)
    defined = cells._run([*texts.values()], cells._given)
    with aside(cells.exercise):
        assert all(list(cells._complaints(each, defined)) for each in earlier)
        said = list(cells._complaints(name, defined))
    assert said
    assert not [text for text in said if "fails its own tests" in text], said
