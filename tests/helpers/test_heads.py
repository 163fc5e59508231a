"""Lesson 05 measures heads with these: a slip here would be a wrong claim about a model."""

import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
import torch

from helpers import sentences
from helpers.heads import (
    ablated,
    all_weights,
    head,
    mean_head_outputs,
    mean_weight,
    random_words,
    sentence_embeddings,
    strongest_heads,
    weights_on,
)
from helpers.models import load_minilm
from helpers.plotting import description, plot_effects, plot_split
from helpers.sentences import FRESH, SUBJECT_TEMPLATES, SURVEY, Example, subjects

GROUPS = {
    "survey": sentences.pronouns_survey(),
    "fresh": sentences.pronouns_fresh(),
    "forbidden": sentences.pronouns_forbidden(),
    "one gender": [one for pair in sentences.pronouns_of_one_gender() for one in pair],
    "disagreeing": sentences.subjects_disagreeing(),
    "adjectives": [Example(s, n, w, w) for s, n, w in sentences.ADJECTIVES],
    "no adjectives": [Example(s, n, w, w) for s, n, w in sentences.NO_ADJECTIVES],
} | {what: subjects(template) for what, template in SUBJECT_TEMPLATES.items()}


@pytest.fixture(scope="module")
def model():
    return load_minilm()


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


# Measures


def test_weights_are_those_of_the_named_words(model):
    examples = subjects(SUBJECT_TEMPLATES["attractor between them"])[:3] + GROUPS["survey"][:2]
    right, rival = weights_on(model, examples)
    assert right.shape == rival.shape == (5, 6, 12)
    for place, example in enumerate(examples):
        tokens, weights = all_weights(model, example.sentence)
        row = weights[:, :, tokens.index(example.query)]
        torch.testing.assert_close(right[place], row[..., tokens.index(example.right)])
        torch.testing.assert_close(rival[place], row[..., tokens.index(example.rival)])


def test_a_word_that_is_no_token_is_named(model):
    with pytest.raises(ValueError, match="'Cat' is no token of the sentence"):
        weights_on(model, [Example("The cat sat.", "sat", "Cat", "the")])


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 3])
def test_a_head_that_looks_so_far_scores_1_and_no_other_does(offset):
    weights = torch.diag(torch.ones(6 - abs(offset)), offset)
    assert mean_weight(weights, offset) == 1
    assert mean_weight(weights.expand(2, 3, 6, 6), offset).shape == (2, 3)
    assert mean_weight(weights, offset + 1) == 0


def test_random_words_stand_between_the_special_tokens(model):
    weights = random_words(model, 5, torch.Generator().manual_seed(0))
    assert weights.shape == (6, 12, 7, 7)
    again = random_words(model, 5, torch.Generator().manual_seed(0))
    torch.testing.assert_close(weights, again, atol=0, rtol=0)


def test_embeddings_of_a_batch_are_those_of_the_model_in_the_order_of_the_texts(model):
    texts = [*FRESH[:4], FRESH[0]]
    expected = torch.stack([model.sentence_embedding(text) for text in texts])
    torch.testing.assert_close(sentence_embeddings(model, texts), expected, atol=1e-5, rtol=0)


# Ablation


def test_an_ablated_head_brings_its_mean_and_then_is_back(model):
    means = mean_head_outputs(model, SURVEY)
    assert means.shape == (6, 12, 32)
    whole = sentence_embeddings(model, FRESH[:2])
    seen = []
    layer = model.layers[2].attention.W_o
    with ablated(model, head("L2H5"), means[head("L2H5")]):
        hook = layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        changed = sentence_embeddings(model, FRESH[:1])
        hook.remove()
    own = seen[0].unflatten(-1, (12, 32))[:, :, 5]
    torch.testing.assert_close(own, means[2, 5].expand_as(own))
    assert (changed - whole[:1]).abs().max() > 1e-4
    torch.testing.assert_close(sentence_embeddings(model, FRESH[:2]), whole, atol=0, rtol=0)


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


def test_effects_without_a_logarithm_are_refused():
    with pytest.raises(ValueError, match="a logarithm needs more than 0"):
        plot_effects([[0.0, 1.0]], {})
