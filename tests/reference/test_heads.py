"""Lessons 08, 14 and 15 measure heads with these: a slip here would be a wrong claim."""

import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
import torch

from helpers import sentences
from helpers.plotting import description, plot_effects, plot_split
from helpers.sentences import FRESH, SUBJECT_TEMPLATES, SURVEY, subjects
from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.heads import (
    ablated,
    all_ablated,
    attention_only,
    continue_from,
    copies_in_training,
    decoder_weights,
    fed,
    head,
    head_outputs,
    induction_score,
    induction_scores,
    made_alike,
    mean_head_outputs,
    mean_weight,
    others_of_same_layers,
    random_words,
    streams,
    strongest_heads,
)
from reference.models import load_austen, load_minilm, load_smollm2

GROUPS = {
    "survey": sentences.pronouns_survey(),
    "fresh": sentences.pronouns_fresh(),
    "forbidden": sentences.pronouns_forbidden(),
    "one gender": [one for pair in sentences.pronouns_of_one_gender() for one in pair],
    "disagreeing": sentences.subjects_disagreeing(),
    "nobody": sentences.without_pronoun(sentences.pronouns_fresh()),
}
GROUPS |= {what: subjects(template) for what, template in SUBJECT_TEMPLATES.items()}


@pytest.fixture(scope="module")
def model():
    return load_minilm()


@pytest.fixture(scope="module")
def decoder():
    torch.manual_seed(0)
    config = ModelConfig(vocab_size=20, d_model=12, n_layers=2, n_heads=3, d_ff=16)
    return DecoderLM(config).requires_grad_(False)


@pytest.fixture(scope="module")
def smollm2():
    return load_smollm2()


def ids_of(batch, n):
    return torch.randint(20, (batch, n), generator=torch.Generator().manual_seed(0))


# Names


def test_a_name_finds_the_head_that_it_names():
    scores = torch.zeros(6, 12)
    scores[3, 1], scores[5, 11] = 2.0, 1.0
    assert scores[head("L3H1")] == 2.0
    assert strongest_heads(scores, 2) == ["L3H1", "L5H11"]


@pytest.mark.parametrize("name", ["", "3H1", "L3", "L3H1 ", "l3h1", "L-1H0"])
def test_what_is_no_name_of_a_head_is_refused(name):
    with pytest.raises(ValueError, match="must be like 'L3H1'"):
        head(name)


# Sentences


@pytest.mark.parametrize("group", GROUPS)
def test_words_that_are_asked_about_are_one_token_and_stand_once(model, group):
    """Otherwise the weight on another word, or on a part of one, would be measured."""
    for example in GROUPS[group]:
        tokens, _ = model.tokenize(example.sentence)
        for word in example[1:]:
            assert tokens.count(word) == 1, (word, tokens)


def test_words_shared_by_two_texts_are_one_token_in_both(model):
    for here, there, word in sentences.TWO_TEXTS:
        assert model.tokenize(here)[0].count(word) == model.tokenize(there)[0].count(word) == 1


@pytest.mark.parametrize("group", ["survey", "fresh", "forbidden"])
def test_a_head_that_goes_by_position_alone_is_right_in_half_of_the_pronouns(group):
    examples = GROUPS[group]
    words = [re.findall(r"\w+", example.sentence) for example in examples]
    first = [w.index(e.right) < w.index(e.rival) for w, e in zip(words, examples, strict=True)]
    assert sum(first) * 2 == len(examples)


def test_heads_are_tested_on_sentences_and_people_that_did_not_choose_them():
    chosen, fresh = GROUPS["survey"], GROUPS["fresh"]
    assert not {e.right for e in chosen} & {e.right for e in fresh}
    assert not {*SURVEY} & {*FRESH}


def test_of_two_people_of_one_gender_only_the_ending_says_who_is_meant():
    pairs = sentences.pronouns_of_one_gender()
    assert len(pairs) == 24
    for one, other in pairs:
        before, _, ending = one.sentence.partition(f" {one.query} ")
        same, _, other_ending = other.sentence.partition(f" {other.query} ")
        assert before == same and ending != other_ending
        assert (one.right, one.rival) == (other.rival, other.right)


def test_the_control_for_pronouns_differs_in_the_pronoun_alone():
    for one, other in zip(GROUPS["fresh"], GROUPS["nobody"], strict=True):
        assert other.sentence == one.sentence.replace(f" {one.query} ", " nobody ")
        assert other[2:] == one[2:]


def test_letters_repeat_with_their_period_and_differ_within_it():
    ids, period = sentences.repeated_letters(200, (3, 5), torch.Generator().manual_seed(0), n=12)
    assert ids.shape == (200, 12) and set(period[:, 0].tolist()) == {3, 4, 5}
    for row, p in zip(ids.tolist(), period[:, 0].tolist(), strict=True):
        assert len(set(row[:p])) == p
        assert row == (row[:p] * 12)[:12]
    assert len({tuple(row) for row in ids.tolist()}) == 200
    assert sentences.in_letters(torch.tensor([0, 25, 26, 63])) == "azA-"


@pytest.mark.parametrize("name", ["CAPITALS", "OPPOSITES", "CAPITALS_FRESH", "OPPOSITES_FRESH"])
def test_facts_of_one_kind_differ_in_their_fourth_token_and_the_model_knows_them(smollm2, name):
    """Lesson 15 swaps that token's vector for the next prompt's, and counts what comes out."""
    kind = getattr(sentences, name)
    prompts = torch.stack([smollm2.tokenize(prompt)[1] for prompt in kind])
    assert prompts.shape == (6, 5)
    assert [len(set(place)) for place in prompts.T.tolist()] == [1, 1, 1, 6, 1]
    answers = [smollm2.tokenize(answer)[1] for answer in kind.values()]
    assert torch.equal(smollm2(prompts)[:, -1].argmax(dim=-1), torch.cat(answers))


def test_no_fact_is_asked_twice():
    """What was seen on the first ones would be tested on itself."""
    first, more = sentences.CAPITALS | sentences.OPPOSITES, sentences.CAPITALS_FRESH
    more = more | sentences.OPPOSITES_FRESH
    assert len(first | more) == len({*first.values(), *more.values()}) == 24


def test_languages_are_known(smollm2):
    prompts = torch.stack([smollm2.tokenize(prompt)[1] for prompt in sentences.LANGUAGES])
    assert prompts.shape == (6, 4)
    answers = [smollm2.tokenize(answer)[1] for answer in sentences.LANGUAGES.values()]
    assert torch.equal(smollm2(prompts)[:, -1].argmax(dim=-1), torch.cat(answers))


def test_made_up_names_are_cut_alike_at_both_mentions(smollm2):
    """A model that copies the first could not pass."""
    for name, text in sentences.MADE_UP_NAMES.items():
        cut, tokens = (smollm2.tokenize(each)[0] for each in (f" {name}", text.format(name, name)))
        assert len(cut) >= 3 and tokens[-len(cut) :] == cut
        places = [i for i in range(len(tokens)) if tokens[i : i + len(cut)] == cut]
        assert len(places) == 2


# Measures


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 3])
def test_a_head_that_looks_so_far_scores_1_and_no_other_does(offset):
    weights = torch.diag(torch.ones(6 - abs(offset)), offset)
    assert mean_weight(weights, offset) == 1
    assert mean_weight(weights.expand(2, 3, 6, 6), offset).shape == (2, 3)
    assert mean_weight(weights, offset + 1) == 0


def test_induction_is_the_weight_on_what_came_after_earlier_copies():
    tokens = torch.tensor([[7, 8, 9, 7, 8], [1, 2, 3, 4, 5]])  # nothing repeats in the second text
    weights = torch.zeros(2, 2, 5, 5)
    weights[:, 0] = torch.eye(5)
    weights[0, 1, 3, 1] = 0.8  # from the second 7 to the 8 after the first one
    weights[0, 1, 4, 2] = 0.6
    weights[0, 1, 0, 1] = weights[1, 1] = 1.0  # never asked: a first copy, another text
    torch.testing.assert_close(induction_score(weights, tokens), torch.tensor([0.0, 0.7]))


def test_a_token_just_after_its_copy_may_be_the_query_itself_and_no_later_one():
    weights = torch.ones(1, 1, 3, 3).tril() / torch.arange(1, 4)[:, None]
    score = induction_score(weights, torch.tensor([[4, 4, 4]]))
    torch.testing.assert_close(score, torch.tensor([(1 / 2 + 2 / 3) / 2]))


def test_induction_without_a_repeated_token_is_refused():
    with pytest.raises(ValueError, match="occurs twice"):
        induction_score(torch.zeros(1, 1, 3, 3), torch.tensor([[1, 2, 3]]))


def test_scores_of_a_decoder_are_those_of_its_weights(decoder):
    ids = ids_of(2, 5).repeat(1, 2)
    weights = decoder_weights(decoder, ids)
    assert [each.shape for each in weights] == [(2, 3, 10, 10)] * 2
    scores = induction_scores(decoder, ids)
    torch.testing.assert_close(scores, torch.stack([induction_score(w, ids) for w in weights]))


def test_random_words_stand_between_the_special_tokens(model):
    weights = random_words(model, 5, torch.Generator().manual_seed(0))
    assert weights.shape == (6, 12, 7, 7)
    again = random_words(model, 5, torch.Generator().manual_seed(0))
    torch.testing.assert_close(weights, again, atol=0, rtol=0)


# Growing


def test_of_a_model_with_attention_only_the_stream_gets_what_attention_brings():
    model = attention_only(n_layers=2, vocab_size=20, d_model=12)
    stream = streams(model, ids_of(2, 5))
    for block, before, after in zip(model.blocks, stream[:-1], stream[1:], strict=True):
        torch.testing.assert_close(after, before + block.attention(block.attention_norm(before)))
    assert {block.attention.n_heads for block in model.blocks} == {1}
    assert {block.attention.rope_base for block in model.blocks} == {100.0}
    again, other = (attention_only(2, 20, 12, seed=seed) for seed in (1, 2))
    assert torch.equal(model.output.weight, again.output.weight)
    assert not torch.equal(model.output.weight, other.output.weight)


def test_the_copies_are_the_model_before_between_and_after():
    model, ids, seen = attention_only(1, vocab_size=20, d_model=12), ids_of(4, 6), []

    def loss(each):
        seen.append(each.output.weight.detach().clone())
        return torch.nn.functional.cross_entropy(each(ids)[:, :-1].mT, ids[:, 1:])

    copies = copies_in_training(model, loss, n_steps=6, every=3)
    assert len(copies) == 3 and len(seen) == 6
    assert torch.equal(copies[0].output.weight, seen[0])
    assert torch.equal(copies[1].output.weight, seen[3])
    assert torch.equal(copies[2].output.weight, model.output.weight)
    assert not torch.equal(model.output.weight, seen[5])
    losses = [loss(each).item() for each in copies]
    assert losses[0] > losses[1] > losses[2]
    assert not any(p.requires_grad for each in copies for p in each.parameters())


# Ablation


def test_an_ablated_head_brings_its_mean_and_then_is_back(model):
    means = mean_head_outputs(model, SURVEY)
    assert means.shape == (6, 12, 32)
    whole = model.sentence_embedding(FRESH[0])
    seen = []
    layer = model.layers[2].attention.W_o
    with ablated(model, head("L2H5"), means[head("L2H5")]):
        hook = layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        changed = model.sentence_embedding(FRESH[0])
        hook.remove()
    own = seen[0].unflatten(-1, (12, 32))[:, 5]
    torch.testing.assert_close(own, means[2, 5].expand_as(own))
    assert (changed - whole).abs().max() > 1e-4
    torch.testing.assert_close(model.sentence_embedding(FRESH[0]), whole, atol=0, rtol=0)


@pytest.mark.parametrize("batch", [False, True])
def test_a_head_that_is_ablated_at_one_token_goes_on_at_the_others(model, batch):
    """Else the effect at "he" would hold what the head does in the rest of the sentence."""
    ids = torch.stack([model.tokenize(text)[1] for text in ("A cat slept.", "The dog ate.")])
    ids = ids if batch else ids[0]
    seen = []
    keep = model.layers[2].attention.W_o.register_forward_pre_hook
    hook = keep(lambda _, inputs: seen.append(inputs[0]))
    model(ids)
    hook.remove()
    with ablated(model, (2, 5), torch.full((32,), 7.0), at=3):
        hook = keep(lambda _, inputs: seen.append(inputs[0]))
        model(ids)
        hook.remove()
    before, after = seen
    changed = (before != after).any(dim=-1)
    assert changed.nonzero().tolist() == ([[0, 3], [1, 3]] if batch else [[3]])
    assert (after[..., 3, 160:192] == 7).all()


def test_means_are_over_all_tokens_of_all_texts(model):
    texts = ["A dog.", "The cat sat on the mat."]
    outputs = []
    layer = model.layers[4].attention.W_o
    hook = layer.register_forward_pre_hook(lambda _, inputs: outputs.append(inputs[0]))
    for text in texts:
        model(model.tokenize(text)[1])
    hook.remove()
    expected = torch.cat(outputs).mean(dim=0).unflatten(0, (12, 32))
    torch.testing.assert_close(mean_head_outputs(model, texts)[4], expected, atol=1e-5, rtol=0)


def test_means_of_a_decoder_are_over_all_positions_of_all_texts(decoder):
    outputs = []
    hook = decoder.blocks[1].attention.W_o.register_forward_pre_hook(
        lambda _, inputs: outputs.append(inputs[0])
    )
    decoder(ids_of(4, 6))
    hook.remove()
    means = mean_head_outputs(decoder, ids_of(4, 6))
    assert means.shape == (2, 3, 4)
    torch.testing.assert_close(means[1].flatten(), outputs[0].mean(dim=(0, 1)))


def test_all_named_heads_are_ablated_together_and_then_back(decoder):
    ids, means = ids_of(2, 6), torch.arange(24.0).view(2, 3, 4)
    whole, seen = decoder(ids), []
    with all_ablated(decoder, ["L0H2", "L1H0", "L1H1"], means):
        hooks = [
            block.attention.W_o.register_forward_pre_hook(
                lambda _, inputs: seen.append(inputs[0].unflatten(-1, (3, 4)))
            )
            for block in decoder.blocks
        ]
        changed = decoder(ids)
        for hook in hooks:
            hook.remove()
    assert (seen[0][:, :, 2] == means[0, 2]).all() and (seen[1][:, :, :2] == means[1, :2]).all()
    assert (seen[0][:, :, :2] != means[0, :2]).any() and (seen[1][:, :, 2] != means[1, 2]).any()
    assert (changed - whole).abs().max() > 1e-4
    torch.testing.assert_close(decoder(ids), whole, atol=0, rtol=0)
    with all_ablated(decoder, [], means):
        torch.testing.assert_close(decoder(ids), whole, atol=0, rtol=0)


def test_the_control_has_as_many_other_heads_in_each_layer():
    names = ["L2H0", "L5H1", "L5H3"]
    generator = torch.Generator().manual_seed(0)
    draws = [others_of_same_layers(names, 5, generator) for _ in range(50)]
    for draw in draws:
        assert [head(name)[0] for name in draw] == [2, 5, 5]
        assert len(set(draw)) == 3 and not set(draw) & set(names)
    assert {name for draw in draws for name in draw} == {
        "L2H1", "L2H2", "L2H3", "L2H4", "L5H0", "L5H2", "L5H4",
    }  # fmt: skip
    with pytest.raises(ValueError, match="only 1 others"):
        others_of_same_layers(["L0H0", "L0H1"], 3, generator)


def test_a_layer_reads_what_it_is_fed_and_then_what_it_is_given(decoder):
    layer, x = decoder.blocks[0].attention.W_k, torch.ones(1, 4, 12)
    whole = decoder(ids_of(1, 4))
    with fed(layer, x):
        torch.testing.assert_close(layer(torch.zeros(1, 4, 12)), x @ layer.weight.T)
        assert (decoder(ids_of(1, 4)) - whole).abs().max() > 1e-5
    torch.testing.assert_close(decoder(ids_of(1, 4)), whole, atol=0, rtol=0)


def test_what_heads_bring_is_what_the_layer_adds_before_the_output_matrix(decoder):
    ids = ids_of(2, 4)
    x = streams(decoder, ids)[1]
    attention, norm = decoder.blocks[1].attention, decoder.blocks[1].attention_norm
    brought = head_outputs(decoder, x, 1)
    assert brought.shape[:3] == (2, 4, attention.n_heads)
    torch.testing.assert_close(attention.W_o(brought.flatten(-2)), attention(norm(x)))
    with fed(attention.W_o, brought.flatten(-2)):
        torch.testing.assert_close(continue_from(decoder, x, 1), decoder(ids))


# The stream


def test_what_is_made_alike_is_the_mean_of_its_kind_at_one_token_and_then_as_before(decoder):
    """A part that still told the texts apart would look as if it weren't needed."""
    ids, module = ids_of(6, 5), decoder.blocks[0].feed_forward
    before, x = decoder(ids), decoder.embedding(ids)
    true = module(x)
    with made_alike([module], 3, n_kinds=2):
        alike = module(x)
    for kind in (slice(0, 3), slice(3, 6)):
        assert torch.allclose(alike[kind, 3], true[kind, 3].mean(dim=0).expand(3, -1), atol=1e-6)
    others = [0, 1, 2, 4]
    assert torch.equal(alike[:, others], true[:, others])
    assert torch.equal(decoder(ids), before)


def test_the_stream_begins_with_the_embedding_and_ends_with_the_answer():
    austen = load_austen()
    ids = torch.stack(
        [austen.tokenize(text)[1][:4] for text in ("I am very glad", "She was not so")]
    )
    stream = streams(austen, ids)
    assert stream.shape == (len(austen.blocks) + 1, *ids.shape, austen.config.d_model)
    torch.testing.assert_close(stream[0], austen.embedding(ids))
    logits = austen(ids)
    torch.testing.assert_close(austen.output(austen.norm(stream[-1])), logits)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_from_any_level_the_blocks_above_finish_the_work(decoder, level):
    ids = ids_of(2, 5)
    x = streams(decoder, ids)[level]
    torch.testing.assert_close(continue_from(decoder, x, level), decoder(ids))
    torch.testing.assert_close(continue_from(decoder, x, level, at=-1), decoder(ids)[:, -1])
    other = continue_from(decoder, x.flip(0), level)
    torch.testing.assert_close(other, decoder(ids).flip(0))


# Pictures


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_picture_of_a_split_says_where_each_number_comes_from():
    x = 10 * torch.arange(3)[:, None] + torch.arange(4)
    ax = plot_split({"x": x, "head 0": x[:, :2]}, 2, title="Which numbers?")
    names = [text.get_text() for text in ax.texts]
    assert names.count("2.3") == 1 and names.count("1.0") == 2
    plain = [patch for patch in ax.patches if not patch.get_hatch()]
    assert len(plain) == 12 and len(ax.patches) == 18
    assert "head 0: 0.0 0.1; 1.0 1.1; 2.0 2.1" in description(ax)
    assert description(ax).startswith("Which numbers?.")


def test_entries_that_name_no_place_are_refused():
    with pytest.raises(ValueError, match="x must hold 10 \\* position"):
        plot_split({"x": [[0.5]]}, 1)


def test_the_picture_of_effects_names_heads_and_their_rank_in_the_layer():
    effects = torch.tensor([[0.1, 0.4, 0.2], [3.0, 1.0, 2.0]])
    ax = plot_effects(effects, {"L0H1": (0, 1), "L1H1": (1, 1)})
    assert {"L0H1", "L1H1"} <= {text.get_text() for text in ax.texts}
    assert ax.get_yscale() == "log" and ax.get_xlabel() and ax.get_ylabel()
    assert "L0H1 0.4, rank 1 of 3 in its layer; L1H1 1, rank 3 of 3" in description(ax)


def test_columns_of_effects_may_be_ways_to_switch_a_head_off():
    effects = [[0.1, 0.4], [3.0, 1.0]]
    ax = plot_effects(effects, {"here": (0, 1)}, columns=["at he", "at nobody"])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["at he", "at nobody"]
    assert "2 columns: at he, at nobody" in description(ax)
    with pytest.raises(ValueError, match="columns is 1 strings: it must be a list of 2 strings"):
        plot_effects(effects, {}, columns=["at he"])


def test_effects_without_a_logarithm_are_refused():
    with pytest.raises(ValueError, match="a logarithm needs more than 0"):
        plot_effects([[0.0, 1.0]], {})
