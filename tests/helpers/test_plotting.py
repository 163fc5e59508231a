"""What readers of the pictures rely on: right rows, right scale, words for all, nothing hidden."""

import base64
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise, product

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.text import Text
from PIL import Image

from course.authoring.exercises import ROOT
from helpers import plotting
from helpers.plotting import (
    GHOST,
    describe,
    description,
    plot_architecture,
    plot_attention,
    plot_attention_flow,
    plot_bias,
    plot_block,
    plot_cache,
    plot_computed,
    plot_effects,
    plot_encoding,
    plot_gate,
    plot_head_scores,
    plot_head_values,
    plot_heads,
    plot_influence,
    plot_lengths,
    plot_lens,
    plot_lines,
    plot_loss,
    plot_mask,
    plot_mixture,
    plot_model_parameters,
    plot_multi_head_flow,
    plot_next_token,
    plot_nucleus,
    plot_pairs,
    plot_parameters,
    plot_paths,
    plot_query,
    plot_rates,
    plot_reading,
    plot_rotation,
    plot_scaling,
    plot_shared_heads,
    plot_slope,
    plot_tensors,
    plot_token_losses,
    plot_tokens,
    plot_trade,
    plot_training_step,
    plot_weights,
    plot_words,
    show,
    to_html,
)
from helpers.plotting.common import contrast
from reference.block import DecoderLM
from reference.counting import ModelConfig

TOKENS = ["The", "cat", "sat", "down"]
WEIGHTS = torch.tensor(
    [[0.7, 0.1, 0.1, 0.1], [0.5, 0.2, 0.2, 0.1], [0.0, 0.9, 0.1, 0.0], [0.1, 0.2, 0.3, 0.4]]
)
PAIRS = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [0.0, 0.0], [0.0, 0.0]])
NUMBERS = torch.tensor([[10.0, 11.0], [20.0, 21.0], [30.0, 31.0]])
COUNTS = {"embedding": 600, "attention": 300, "feed_forward": 99, "norms": 1, "total": 1000}

DRAWINGS = {
    "attention": lambda ax=None: plot_attention(WEIGHTS, TOKENS, ax=ax),
    "heads": lambda ax=None: plot_heads(WEIGHTS.expand(3, 4, 4), TOKENS, ax=ax),
    "head values": lambda ax=None: plot_head_values(WEIGHTS + 0.1, ax=ax, y_label="spread"),
    "head scores": lambda ax=None: plot_head_scores(WEIGHTS, ax=ax, label="induction score"),
    "effects": lambda ax=None: plot_effects(WEIGHTS + 0.1, {"L0H1": (0, 1)}, ax=ax),
    "effects at a token": lambda ax=None: plot_effects(
        WEIGHTS[:2] + 0.1, {"here": (0, 1)}, ax=ax, columns=["at he", "at nobody"]
    ),
    "lens": lambda ax=None: plot_lens(
        [[" a"] * 4, [" b", "c", " ", "\n"]], WEIGHTS[:2], TOKENS, ["level 0", "level 1"], ax=ax
    ),
    "trade": lambda ax=None: plot_trade(
        {"one": WEIGHTS[:2, :2], "two": WEIGHTS[2:, :2]}, (0, 1), ax=ax, x_label="x", y_label="y"
    ),
    "weights": lambda ax=None: plot_weights(WEIGHTS[0], TOKENS, ax=ax),
    "query": lambda ax=None: plot_query([2, 1], PAIRS, TOKENS, ax=ax),
    "mixture": lambda ax=None: plot_mixture(WEIGHTS, PAIRS, TOKENS, ax=ax),
    "mask": lambda ax=None: plot_mask(torch.ones(4, 4).tril().bool(), ax=ax),
    "influence": lambda ax=None: plot_influence(WEIGHTS.tril(), ax=ax),
    "training step": lambda ax=None: plot_training_step(WEIGHTS[0], WEIGHTS[1], TOKENS, 1, ax=ax),
    "slope": lambda ax=None: plot_slope(
        [-1, 0, 1], {"sat": [2, 1, 0.5], "down": [1, 1.5, 2]}, {"sat": -0.8, "down": 0.2}, ax=ax
    ),
    "pairs": lambda ax=None: plot_pairs(WEIGHTS, TOKENS, ax=ax),
    "token losses": lambda ax=None: plot_token_losses([9.0, 2.5, 1.0], TOKENS, ax=ax, guessing=8.0),
    "encoding": lambda ax=None: plot_encoding(WEIGHTS - 0.5, ax=ax),
    "rotation": lambda ax=None: plot_rotation([[1.0, 0.0], [0.0, 1.0]], ax=ax),
    "bias": lambda ax=None: plot_bias(-WEIGHTS, ax=ax),
    "biases": lambda ax=None: plot_bias(-WEIGHTS.expand(2, 4, 4), ax=ax),
    "next token": lambda ax=None: plot_next_token({" Paris": 0.7, " the": 0.1}, 98, ax=ax),
    "nucleus": lambda ax=None: plot_nucleus({"cat": WEIGHTS[0]}, ax=ax, top_p=0.75, top_k=3),
    "computed": lambda ax=None: plot_computed(2, 3, ax=ax, cached=True),
    "parameters": lambda ax=None: plot_parameters(COUNTS, ax=ax),
    "models": lambda ax=None: plot_model_parameters({"a": COUNTS, "b": COUNTS}, ax=ax),
    "loss": lambda ax=None: plot_loss([3.0, 2.0, 1.5], ax=ax, n_steps=9, guessing=3.1),
    "rates": lambda ax=None: plot_rates(
        [0.1, 1, 10], {"divided": WEIGHTS[:3], "not divided": WEIGHTS[:3] + 1}, ax=ax, guessing=1.4
    ),
    "paths": lambda ax=None: plot_paths(
        lambda points: (points**2).sum(-1), {"down": [[2, 1], [1, 0], [0.5, 0]]}, ax=ax
    ),
    "scaling": lambda ax=None: plot_scaling(
        {"small": ([1e9, 1e10], [3, 2.5]), "large": ([1e9, 1e10], [3.2, 2.2])},
        ax=ax,
        own=(5e9, 2.4),
    ),
    "lines": lambda ax=None: plot_lines(
        [1, 2, 4], {"up": [1, 2, 3], "down": [3, 2, 1]}, ax=ax, x_label="d_k", y_label="entropy"
    ),
    "tokens": lambda ax=None: plot_tokens({"0 merges": ["a", " ", "b"], "1": ["a", " b"]}, ax=ax),
    "lengths": lambda ax=None: plot_lengths({"bytes": (256, 1000), "merged": (512, 400)}, ax=ax),
    "cache": lambda ax=None: plot_cache({"a": (1024, 64), "b": (512, 256)}, ax=ax),
    "tensors": lambda ax=None: plot_tensors({"t": NUMBERS, "t.T": NUMBERS.T}, ax=ax),
    "vectors": lambda ax=None: plot_tensors({"a": [1, 2], "b": [3]}, ax=ax, signs=["+"]),
}
DIAGRAMS = {
    "encoder-decoder": lambda ax=None: plot_architecture("encoder-decoder", ax=ax),
    "encoder-only": lambda ax=None: plot_architecture("encoder-only", ax=ax),
    "decoder-only": lambda ax=None: plot_architecture("decoder-only", ax=ax),
    "decoder-only-2017": lambda ax=None: plot_architecture("decoder-only-2017", ax=ax),
    "pre-norm": lambda ax=None: plot_block("pre-norm", ax=ax),
    "post-norm": lambda ax=None: plot_block("post-norm", ax=ax),
    "attention flow": lambda ax=None: plot_attention_flow(ax=ax),
    "multi-head flow": lambda ax=None: plot_multi_head_flow(ax=ax),
    "reading": lambda ax=None: plot_reading(["The", "keys", "to", "it", "are"], 1, ax=ax),
    "feed-forwards": lambda ax=None: plot_gate(576, 1536, ax=ax),
    "shared heads": lambda ax=None: plot_shared_heads(32, 8, 128, ax=ax),
    "heads that share one": lambda ax=None: plot_shared_heads(9, 1, 64, ax=ax),
}
MAPS = {
    "words": lambda ax=None: plot_words(
        PAIRS, TOKENS, [0, 1, 1, 1], ["a", "b"], "A map of words", ax=ax
    ),
}
PICTURES = DRAWINGS | DIAGRAMS | MAPS


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class ImgParser(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.images = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        assert tag == "img"
        self.images.append(dict(attrs))


def png_of(html):
    (image,) = ImgParser(html).images
    return base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))


def texts(ax):
    return [text for text in ax.texts if text.get_text().strip()]


# Every picture


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_every_picture_has_a_title_and_says_in_words_what_it_shows(draw):
    ax = draw()
    assert isinstance(ax, Axes)
    assert len(ax.get_title()) > 10
    assert len(description(ax)) > len(ax.get_title()) + 20
    assert not re.search(r"\n|  ", description(ax)), "an alternative text holds no line breaks"


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_every_drawing_names_both_axes(draw):
    ax = draw()
    assert ax.get_xlabel() and ax.get_ylabel()


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_picture_lands_on_the_axes_that_the_caller_gives(draw):
    _, (left, right) = plt.subplots(1, 2, figsize=(12, 6))
    assert draw(ax=right) is right
    assert right.get_title() and not left.get_title()
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_stored_pictures_are_small(draw):
    picture = png_of(to_html(draw()))
    assert len(picture) < 60_000
    assert Image.open(io.BytesIO(picture)).size[0] <= 1000


@pytest.mark.parametrize("name", ["heads", "lens", "pre-norm"])
def test_a_stored_picture_is_the_same_at_every_run(name):
    """Each run of a notebook would else be a change of it."""
    assert to_html(PICTURES[name]()) == to_html(PICTURES[name]())


def test_a_title_of_the_caller_replaces_the_default_in_picture_and_words():
    ax = plot_block("pre-norm", title="Look at the thick line")
    assert ax.get_title() == "Look at the thick line"
    assert description(ax).startswith("Look at the thick line.")


# Alternative text


@pytest.fixture
def displayed(monkeypatch):
    calls = []
    monkeypatch.setattr(
        plotting.common, "display", lambda data, **options: calls.append((data, options))
    )
    return calls


def test_show_displays_one_picture_whose_alternative_text_is_read_out(displayed):
    show(plot_attention(WEIGHTS, TOKENS))
    ((data, options),) = displayed
    (image,) = ImgParser(data["text/html"]).images
    assert "sat to cat 0.90" in image["alt"]
    assert data["text/plain"] == image["alt"] == options["metadata"]["image/png"]["alt"]
    assert png_of(data["text/html"]) == base64.b64decode(data["image/png"])


def _two_maps():
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    plot_attention(WEIGHTS, TOKENS, ax=axes[0], title="left")
    plot_influence(torch.rand(3, 3), ax=axes[1], title="right")
    return figure


@pytest.mark.parametrize(
    ("draw", "titles", "names"),
    [
        (lambda: plot_attention(WEIGHTS, TOKENS), [""], ["query", "key"]),
        (
            lambda: plot_heads(torch.rand(3, 4, 4), TOKENS),
            ["head 0", "head 1", "head 2"],
            ["query", "key"],
        ),
        (_two_maps, ["left", "right"], ["query", "key"]),
    ],
    ids=["one map", "panels", "two axes"],
)
def test_the_numbers_of_a_heat_map_are_stored_with_the_place_of_each_cell(
    draw, titles, names, displayed
):
    """The book would say another cell's number than that which a reader points at."""
    show(draw())
    data, options = displayed[0]
    maps = json.loads(options["metadata"]["image/png"]["maps"])
    assert [it["title"] for it in maps] == titles and maps[0]["names"] == names
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
    colours = plt.get_cmap(plotting.SEQUENTIAL)
    for it in maps:
        left, top, right, bottom = it["box"]
        numbers = np.array(it["numbers"])
        highest = 1 if numbers.shape[0] == 4 else numbers.max()
        places = [0.1, 0.9]  # of a cell: its number stands in the middle
        for (i, j), dx, dy in product(np.ndindex(numbers.shape), places, places):
            x = left + (j + dx) / len(it["columns"]) * (right - left)
            y = top + (i + dy) / len(it["rows"]) * (bottom - top)
            seen = picture.getpixel((int(x * picture.width), int(y * picture.height)))
            wanted = np.array(colours(numbers[i, j] / highest)[:3]) * 255
            assert np.abs(np.array(seen) - wanted).max() < 12, (it["title"], i, j)


def test_what_has_no_numbers_worth_telling_stores_none(displayed):
    """A mask's ticks would be read out as 0.75, and a large map would fill the notebook."""
    show(plot_mask(torch.ones(3, 3).bool()))
    show(plot_heads(torch.rand(3, 30, 30), [str(i) for i in range(30)]))
    for _, options in displayed:
        assert "maps" not in options["metadata"]["image/png"]


def test_show_closes_the_figure_so_that_the_notebook_does_not_draw_it_again(displayed):
    show(plot_attention(WEIGHTS, TOKENS))
    assert plt.get_fignums() == []


def test_alternative_text_with_quotes_and_tags_stays_text(displayed):
    said = 'A "causal" mask: <img src=x> & no more'
    show(plot_mask([[True]]), said)
    (image,) = ImgParser(displayed[0][0]["text/html"]).images
    assert image["alt"] == said


def test_a_figure_of_several_axes_is_described_by_all_of_them(displayed):
    figure, (left, right) = plt.subplots(1, 2)
    plot_block("pre-norm", ax=left)
    plot_block("post-norm", ax=right)
    show(figure)
    said = displayed[0][0]["text/plain"]
    assert said == f"{description(left)} {description(right)}"
    assert said.startswith("Pre-norm") and "Post-norm" in said


@pytest.mark.parametrize("alt", [None, "", "  "])
def test_a_picture_without_words_is_refused(alt, displayed):
    ax = plt.subplots()[1]
    with pytest.raises(ValueError, match="say in words what the picture shows"):
        show(ax, alt)
    assert displayed == []


def test_axes_of_a_subfigure_are_refused_since_only_a_part_would_be_shown(displayed):
    ax = plot_mask([[True]], ax=plt.figure().subfigures(1, 2)[0].subplots())
    with pytest.raises(ValueError, match="picture is on a SubFigure: show the Figure around it"):
        show(ax)


def test_describe_replaces_the_words_and_refuses_none():
    ax = plot_mask([[True]])
    assert describe(ax, "All is\n   allowed.") is ax
    assert description(ax) == "All is allowed."
    with pytest.raises(ValueError, match="text is ' '"):
        describe(ax, " ")


# Tokens


def test_each_token_has_a_box_as_wide_as_its_text_and_each_row_its_count():
    """Who compares two rows sees where a text is cut, and how many pieces that makes."""
    ax = plot_tokens({"letters": list("to be"), "merged": ["to", " be"]})
    boxes = [(round(box.get_x()), round(box.get_width())) for box in ax.patches]
    assert boxes == [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (0, 2), (2, 3)]
    counts = [text for text in texts(ax) if text.get_weight() == "bold"]
    assert [text.get_text() for text in counts] == ["5", "2"]
    assert [round(text.get_position()[1]) for text in counts] == [0, 1] and ax.yaxis_inverted()
    assert "letters: 5 tokens, t|o|␣|b|e; merged: 2 tokens, to|␣be." in description(ax)


CARDS = (
    "course/learner/jupyter/labextensions/llm-basics/static/window.css",
    "course/book/static/book.css",
)
"""What draws a picture on a dark page as a card, dimmed by `filter`."""


def _dimmed(card: str) -> float:
    css = (ROOT / card).read_text()
    assert re.search(r" img {[^}]*border-radius: [^}]*background: #fff", css), "or it's transparent"
    (dimmed,) = set(re.findall(r"(?:brightness\(|--dim: )([.\d]+)", css)) - {"1"}
    return float(dimmed)


@pytest.mark.parametrize("card", CARDS)
def test_a_picture_on_a_dark_page_is_a_card_that_does_not_dazzle(card):
    """It would be a white box in the dark, or one that can't be told from its page."""
    grey = [_dimmed(card)] * 3
    assert 3 <= contrast(grey, "#111111") <= 15.5, "white has 18.9"
    assert min(contrast(np.array(to_rgb(ink)) * grey, grey) for ink in ("black", GHOST)) >= 4.5


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_word_of_a_picture_can_be_read_on_its_ground(name):
    """White numbers stood on middling colours, at 2.4 to 1 where 4.5 is readable."""
    figure = DRAWINGS[name]().figure
    figure.set_dpi(50)
    figure.canvas.draw()
    words = [text for text in figure.findobj(Text) if text.get_text().strip()]
    inks = [to_rgba(text.get_color(), text.get_alpha()) for text in words]
    boxes = [text.get_window_extent() for text in words]
    for text in words:
        text.set_alpha(0)
    figure.canvas.draw()
    drawn = np.asarray(figure.canvas.buffer_rgba())[::-1, :, :3] / 255
    for text, (*ink, alpha), box in zip(words, inks, boxes, strict=True):
        (left, bottom), (right, top) = box.min.clip(0).astype(int), box.max.astype(int) + 1
        place = drawn[bottom:top, left:right].reshape(-1, 3)
        if not place.size:
            continue  # a tick's, outside what is drawn
        ground = np.median(place, axis=0)
        seen = np.array(ink) * alpha + ground * (1 - alpha)
        assert contrast(seen, ground) >= 4.5, text.get_text()
    plt.close(figure)


def test_spaces_and_line_breaks_of_tokens_can_be_seen():
    """Otherwise a token of a space looks like a gap in the picture."""
    shown = [text.get_text() for text in texts(plot_tokens({"code": ["if", " a", "\n"]}))]
    assert shown == ["i", "f", "␣", "a", "↵", "3"]


@pytest.mark.parametrize("rows", [{}, {"none": []}, {"empty": ["a", ""]}])
def test_rows_without_tokens_are_refused(rows):
    with pytest.raises(ValueError, match="it must hold"):
        plot_tokens(rows)


def test_each_vocabulary_is_a_point_with_its_name_and_length():
    ax = plot_lengths({"bytes": (256, 1000), "merged": (512, 400.4)})
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[256, 1000]], [[512, 400.4]]]
    assert [text.get_text() for text in texts(ax)] == ["bytes: 1000", "merged: 400"]
    assert "merged, 512 in the vocabulary: 400." in description(ax)


@pytest.mark.parametrize("lengths", [{}, {"none": (0, 100)}, {"short": (256, 0)}])
def test_lengths_that_no_tokenizer_has_are_refused(lengths):
    with pytest.raises(ValueError, match="all numbers above 0"):
        plot_lengths(lengths)


# Attention


def test_first_query_is_on_top_and_scale_runs_from_0_to_1():
    ax = plot_attention(WEIGHTS, TOKENS)
    ax.figure.draw_without_rendering()
    assert [t.get_text() for t in ax.get_yticklabels()] == TOKENS
    assert [t.get_text() for t in ax.get_xticklabels()] == TOKENS
    heights = [t.get_window_extent().y0 for t in ax.get_yticklabels()]
    assert heights == sorted(heights, reverse=True)
    (mesh,) = ax.collections
    assert mesh.get_clim() == (0, 1)
    assert np.allclose(mesh.get_array().reshape(4, 4), WEIGHTS)
    assert "quer" in ax.get_ylabel() and "key" in ax.get_xlabel()


def test_small_maps_show_the_numbers_so_that_no_colour_is_needed():
    numbers = [t.get_text() for t in plot_attention(WEIGHTS, TOKENS).texts]
    assert numbers == [f"{value:.2f}" for value in WEIGHTS.flatten().tolist()]


def test_a_query_that_looks_nowhere_is_counted_and_not_named():
    marks = torch.zeros(14, 14)
    marks[12, 1] = marks[13, 2] = 1
    said = description(plot_attention(marks, [*"abcdefghijklmn"]))
    assert "12 of the queries look nowhere." in said
    assert said.endswith("each other query: m to b 1.00, n to c 1.00.")


def test_cross_attention_takes_the_keys_tokens():
    ax = plot_attention(WEIGHTS[:2], ["je", "suis"], key_tokens=TOKENS)
    assert [t.get_text() for t in ax.get_xticklabels()] == TOKENS
    assert "je to The 0.70" in description(ax)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_weights_of_a_model_can_be_drawn_as_they_come(dtype):
    weights = WEIGHTS.to(dtype).requires_grad_()
    (mesh,) = plot_attention(weights, TOKENS).collections
    assert np.allclose(mesh.get_array().reshape(4, 4), WEIGHTS, atol=0.01)


def test_every_head_gets_its_panel_in_order_on_one_scale():
    weights = torch.eye(4).repeat(5, 1, 1) * torch.tensor([0.1, 0.2, 0.3, 0.4, 0.5])[:, None, None]
    ax = plot_heads(weights, TOKENS)
    panels = ax.child_axes
    assert [panel.get_title() for panel in panels] == [f"head {i}" for i in range(5)]
    for panel, head in zip(panels, weights, strict=True):
        assert panel.collections[0].get_clim() == (0, 1)
        assert np.allclose(panel.collections[0].get_array().reshape(4, 4), head)
    assert "head 4 The to The 0.50" in description(ax)


def test_bars_say_what_the_weights_add_up_to():
    ax = plot_weights([0.1, 0.4, 1.0, 0.1, 0.1, 0.3], ["The", "cat", "sat", "on", "the", "mat"])
    assert ax.get_title() == "The weights add up to 2.00"
    assert [bar.get_height() for bar in ax.patches] == [0.1, 0.4, 1.0, 0.1, 0.1, 0.3]


def test_a_map_of_words_has_each_where_it_belongs():
    ax = plot_words([[0, 0], [3, 1], [2, 2]], ["cat", "dog", "two"], [0, 0, 1], ["a", "b"], "Map")
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[0, 0], [3, 1]], [[2, 2]]]
    assert [text.get_text() for text in ax.texts] == ["cat", "dog", "two"]
    assert "a: cat, dog; b: two" in description(ax)


def test_a_slope_is_drawn_as_steep_as_it_is_said_to_be():
    ax = plot_slope([-2, 0, 2], {"sat": [4, 2, 1]}, {"sat": -0.5})
    (left, right) = ax.lines[1].get_xydata()
    assert (right[1] - left[1]) / (right[0] - left[0]) == pytest.approx(-0.5)
    assert (left[1] + right[1]) / 2 == pytest.approx(2), "the line touches the curve"
    with pytest.raises(ValueError, match="slopes has"):
        plot_slope([0, 1], {"sat": [1, 2]}, {"down": 1.0})


def test_a_loss_stands_above_the_token_that_came():
    ax = plot_token_losses([9.0, 2.5, 1.0], TOKENS, guessing=8.0)
    assert [t.get_text() for t in ax.get_xticklabels()] == TOKENS[1:]
    assert [bar.get_height() for bar in ax.patches] == [9.0, 2.5, 1.0]
    with pytest.raises(ValueError, match="one more than losses"):
        plot_token_losses([9.0, 2.5, 1.0], TOKENS[1:], guessing=8.0)


def test_the_word_read_is_a_row_of_the_pairs():
    ax = plot_pairs(WEIGHTS, TOKENS)
    assert "after sat: cat 0.90" in description(ax)
    assert np.allclose(ax.collections[0].get_array().reshape(4, 4), WEIGHTS)


def test_the_way_through_a_recurrent_network_has_a_step_for_each_word_between():
    assert "in 3 steps" in description(plot_reading(["The", "keys", "to", "it", "are"], 1))
    with pytest.raises(ValueError, match="source is 4: it must be 0 to 3"):
        plot_reading(["The", "keys", "to", "it", "are"], 4)


def test_the_largest_head_and_the_reference_can_be_read_off():
    ax = plot_head_values([[1.0, 2.0], [0.5, 8.0]], y_label="spread", reference=(1.0, "random: 1"))
    dots = np.concatenate([points.get_offsets() for points in ax.collections])
    assert dots.tolist() == [[0, 1], [0, 2], [1, 0.5], [1, 8]]
    assert {text.get_text() for text in texts(ax)} == {"head 1", "random: 1"}
    assert "0 1 to 2, 1 0.5 to 8. The largest, 8, is layer 1, head 1." in description(ax)


def test_the_highest_scores_carry_the_names_of_their_heads():
    ax = plot_head_scores([[0.1, 0.9], [0.5, 0.2], [0.3, 0.0]], label="score", n_named=2)
    assert [text.get_text() for text in ax.texts] == ["L0H1", "L1H0"]
    assert ax.get_xlabel() == "layer" and ax.get_ylabel() == "head"
    assert "Highest: L0H1 0.90, L1H0 0.50" in description(ax)
    assert "Above 0.4: 2 of 6 heads, in layers 0 to 1" in description(ax)
    with pytest.raises(ValueError, match="must lie in 0 to 1"):
        plot_head_scores([[1.5]], label="score")


def test_the_lens_runs_upwards_and_shows_tokens_that_are_only_spaces():
    levels = ["level 0", "level 1"]
    ax = plot_lens([[" the", " "], [" cat", "\n"]], WEIGHTS[:2, :2], TOKENS[:2], levels)
    assert not ax.yaxis_inverted()
    assert [text.get_text() for text in ax.texts] == ["the", "␣", "cat", "↵"]
    assert "upwards: level 0: ␣, level 1: ↵; probability at the top 0.20" in description(ax)


def test_the_words_of_the_lens_stand_out_at_every_probability():
    """White on a middle green could hardly be read."""
    p = np.linspace(0, 1, 11)[:, None]
    ax = plot_lens([["a"]] * 11, p, ["a"], [f"level {i}" for i in range(11)])
    ax.figure.canvas.draw()
    cells = ax.collections[0].get_facecolors()
    words = [matplotlib.colors.to_rgb(text.get_color()) for text in ax.texts]
    assert min(map(_contrast, cells[:, :3], words)) >= 4.5


def _contrast(one, other):
    """The ratio of WCAG 2, 1 to 21; 4.5 is asked of small text."""
    bright = [np.dot((0.2126, 0.7152, 0.0722), _linear(np.asarray(c))) for c in (one, other)]
    return (max(bright) + 0.05) / (min(bright) + 0.05)


def _linear(rgb):
    return np.where(rgb <= 0.03928, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize(
    ("best", "probabilities", "message"),
    [([["a"]], [[0.5, 0.5]], "1 rows of 2"), ([["a", "b"]], [[0.5, 1.5]], "must be 0 to 1")],
)
def test_a_lens_whose_parts_do_not_fit_is_refused(best, probabilities, message):
    with pytest.raises(ValueError, match=message):
        plot_lens(best, probabilities, TOKENS[:2], ["level 0"])


def test_a_trade_shows_each_training_and_where_it_began():
    ax = plot_trade({"a": [[5, 1], [7, 3]]}, (0, 4), x_label="gained", y_label="kept")
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[5, 1], [7, 3]], [[0, 4]]]
    assert "Before: 0 and 4. a 5 to 7 and 1 to 3." in description(ax)
    with pytest.raises(ValueError, match="a has 1 numbers a training"):
        plot_trade({"a": [[5], [7]]}, (0, 4), x_label="gained", y_label="kept")


def test_each_key_carries_its_score_and_keys_in_one_place_share_a_label():
    ax = plot_query([2.0, 1.0], PAIRS, TOKENS)
    assert [text.get_text() for text in texts(ax)] == [
        "query", "The: 3", "cat: -3", "sat: 0, down: 0",
    ]  # fmt: skip
    assert "cat to (-1, -1), score -3" in description(ax)


@pytest.mark.parametrize(
    ("query", "keys", "values", "tokens"),
    [
        ([2, 1], [[0, 0], [1, 1], [1, 0], [-1, -1]], [[0, 0], [10, 0], [0, 10], [0, 0]], "abcd"),
        ([2, 1], [[1, 1], [-1, -1], [0, 0], [1, 0]], [[10, 0], [0, 0], [0, 0], [0, 10]], "abcd"),
        ([1, 1], [[1, 0], [0, 1], [1, 1]], [[0, 0], [4, 0], [0, 4]], "abc"),
    ],
)
def test_names_in_the_plane_lie_neither_on_one_another_nor_on_a_thick_line(
    query, keys, values, tokens
):
    """Who can't read which word a dot is sees a picture of nothing."""
    names = [f"{token}-word" for token in tokens]
    weights = torch.softmax(torch.tensor(keys) @ torch.tensor(query) / 2**0.5, dim=0)
    _, axes = plt.subplots(1, 2, figsize=(9.8, 4.2), layout="constrained")
    plot_query(query, keys, names, axes[0])
    plot_mixture(weights[None], values, names, axes[1], query_tokens=["output"])
    for ax in axes:
        found = text_extents(ax)
        for index, (text, extent) in enumerate(found):
            for other, other_extent in found[index + 1 :]:
                assert not overlap(extent, other_extent), (text, other)
    output = dict(text_extents(axes[1]))["output"]
    for line in axes[1].lines:
        if line.get_linewidth() > 1:
            xs, ys = np.linspace(*line.get_xydata(), 50).T
            inside_x = (output[0] < xs) & (xs < output[2])
            assert not (inside_x & (output[1] < ys) & (ys < output[3])).any()


def test_a_mixture_lies_where_the_weights_say_and_lines_are_as_thick_as_they_are_large():
    ax = plot_mixture([[0.25, 0.75]], [[4.0, 0.0], [0.0, 4.0]], ["a", "b"], query_tokens=["q"])
    _, outputs = ax.collections
    assert outputs.get_offsets().tolist() == [[1, 3]]
    thin, thick = (line.get_linewidth() for line in ax.lines)
    assert thick == 3 * thin
    assert "the outputs of q at (1, 3)" in description(ax)


def test_a_training_step_shows_both_probabilities_of_each_word_and_which_one_came():
    ax = plot_training_step([0.25, 0.75], [0.4, 0.6], ["cat", "mat"], right=0)
    before, after = ax.containers
    assert [bar.get_height() for bar in before] == [0.25, 0.75]
    assert [bar.get_height() for bar in after] == [0.4, 0.6]
    assert before[0].get_hatch() != after[0].get_hatch()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat\n(came next)", "mat"]
    assert "cat from 0.25 to 0.40" in description(ax) and "came next is cat" in description(ax)


def test_a_mask_ticks_what_is_allowed_and_hatches_what_is_not():
    ax = plot_mask(torch.ones(3, 3).tril().bool(), tokens=["a", "b", "c"])
    ticked = {(t.get_position()[1] - 0.5, t.get_position()[0] - 0.5) for t in texts(ax)}
    hatched = {(p.get_y(), p.get_x()) for p in ax.patches if p.get_hatch()}
    assert ticked == {(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)}
    assert hatched == {(0, 1), (0, 2), (1, 2)}
    assert "1, 2, 3" in description(ax)


def test_what_each_row_of_a_mask_has_to_predict_stands_behind_it():
    ax = plot_mask(torch.ones(2, 2).tril().bool(), tokens=["I", "am"], targets=["am", "glad"])
    behind = {t.get_text(): t.get_position() for t in texts(ax) if "→" in t.get_text()}
    assert behind["→ am"][1] == 0.5 and behind["→ glad"][1] == 1.5
    assert all(x >= 2 for x, _ in behind.values())
    assert "To predict, row by row: am, glad." in description(ax)
    with pytest.raises(ValueError, match="targets is 1 strings: it must be a list of 2"):
        plot_mask(torch.ones(2, 2).bool(), targets=["am"])


def test_masked_weights_are_hatched_and_never_look_like_small_ones():
    """A 0.00 in a masked cell reads like a weight that is only small."""
    weights = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.2, 0.3, 0.5]])
    ax = plot_attention(weights, ["a", "b", "c"], mask=torch.ones(3, 3).tril().bool())
    hatched = {(p.get_y(), p.get_x()) for p in ax.patches if p.get_hatch()}
    assert hatched == {(0, 1), (0, 2), (1, 2)}
    assert [t.get_text() for t in texts(ax)] == ["1.00", "0.00", "1.00", "0.20", "0.30", "0.50"]
    assert "3 of the cells masked (hatched)" in description(ax)


def test_a_weight_on_a_masked_key_stays_in_sight():
    ax = plot_attention([[0.6, 0.4], [0.5, 0.5]], ["a", "b"], mask=[[True, False], [True, True]])
    assert [t.get_text() for t in texts(ax)] == ["0.60", "0.40", "0.50", "0.50"]


def test_a_mask_of_another_kind_or_shape_than_the_weights_is_refused():
    with pytest.raises(ValueError, match="mask has dtype torch.int64: it must be boolean"):
        plot_attention(WEIGHTS, TOKENS, mask=[[1] * 4] * 4)
    with pytest.raises(ValueError, match=r"mask has shape \(2, 4\): it must have the weights'"):
        plot_attention(WEIGHTS, TOKENS, mask=torch.ones(2, 4).bool())


def test_influence_hatches_only_exact_zeros():
    ax = plot_influence([[0.5, 1e-12], [0.0, 2.0]])
    assert [(p.get_y(), p.get_x()) for p in ax.patches if isinstance(p, Rectangle)] == [(1, 0)]
    assert ax.collections[0].get_clim() == (0, 2.0)
    assert "0 moves 1, 1 moves 2" in description(ax)


def test_influences_side_by_side_share_a_scale_of_colours_where_one_is_given():
    """The same colour would else stand for a large change on the left and a small one beside it."""
    ax = plot_influence([[0.5, 0.0], [0.0, 1.0]], high=2.0)
    assert ax.collections[0].get_clim() == (0, 2.0)
    assert "Largest change 1" in description(ax)


# Positions, parameters, curves


def test_encodings_are_drawn_on_a_scale_symmetric_about_0_with_position_0_on_top():
    ax = plot_encoding([[0.5, -2.0], [1.0, 0.0]])
    assert ax.images[0].get_clim() == (-2.0, 2.0)
    assert ax.yaxis_inverted()


def test_arrows_point_where_the_vectors_do_and_carry_their_labels():
    ax = plot_rotation([[1.0, 0.0], [0.0, 0.5]], labels=["q at 3", "k at 1"])
    assert [t.xy for t in ax.texts if t.get_text() == ""] == [(1.0, 0.0), (0.0, 0.5)]
    assert [t.get_text() for t in texts(ax)] == ["q at 3", "k at 1"]
    assert "q at 3 at 0°, k at 1 at 90°" in description(ax)


def test_bias_is_drawn_as_a_penalty_with_all_heads_on_one_scale():
    bias = torch.tensor([[[0.0, -1.0], [-1.0, 0.0]], [[0.0, -0.5], [-0.5, 0.0]]])
    ax = plot_bias(bias)
    for panel, head in zip(ax.child_axes, bias, strict=True):
        assert panel.collections[0].get_clim() == (0, 1.0)
        assert np.allclose(panel.collections[0].get_array().reshape(2, 2), -head)
    titles = [panel.get_title() for panel in ax.child_axes]
    assert titles == ["head 1", "head 2"], "as ALiBi's formula counts them"


def test_panels_of_several_heads_leave_no_empty_band():
    """An empty band pushes what belongs together apart, and shrinks the panels."""
    for draw in (
        lambda: plot_bias(-torch.rand(4, 12, 12)),
        lambda: plot_bias(-torch.rand(8, 12, 12)),
        lambda: plot_heads(WEIGHTS.expand(12, 4, 4), TOKENS),
        lambda: plot_bias(-torch.rand(4, 12, 12), ax=plt.subplots(figsize=(11, 3.3))[1]),
        lambda: plot_bias(-torch.rand(4, 12, 12), ax=plt.subplots(figsize=(5, 5))[1]),
    ):
        ax = draw()
        ax.figure.draw_without_rendering()
        whole = ax.get_window_extent()
        panels = [panel.get_window_extent() for panel in ax.child_axes]
        tall = panels[0].height
        assert whole.y1 - max(p.y1 for p in panels) < 0.2 * tall, "above, room for a panel's title"
        assert min(p.y0 for p in panels) - whole.y0 < 0.02 * tall
        for above, below in pairwise(sorted({round(p.y0) for p in panels}, reverse=True)):
            assert above - below < 1.25 * tall
        assert len(panels) * panels[0].width * tall > 0.75 * whole.width * whole.height


def test_an_exact_zero_of_influence_is_told_from_a_small_change():
    ax = plot_influence([[0.004, 0.0], [1.0, 2.0]])
    assert sorted(t.get_text() for t in texts(ax)) == ["0.00", "1.00", "2.00"]


def test_the_bar_of_all_others_holds_what_is_left_and_looks_unlike_the_rest():
    ax = plot_next_token({" Paris": 0.7, " the": 0.1}, 98)
    assert np.allclose([bar.get_width() for bar in ax.patches], [0.7, 0.1, 0.2])
    assert [bar.get_hatch() for bar in ax.patches] == [None, None, "///"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["' Paris'", "' the'", "all 98 others"]
    heights = [bar.get_y() for bar in ax.patches]
    assert heights == sorted(heights) and ax.yaxis_inverted()
    assert "all 98 others 0.200" in description(ax)


def test_a_nucleus_ends_where_the_curve_first_reaches_top_p():
    ax = plot_nucleus({"a": [0.25, 0.125, 0.5, 0.125], "b": [1.0, 0, 0, 0]}, top_p=0.75, top_k=2)
    curve, dot = ax.lines[:2]
    assert curve.get_xdata().tolist() == [1, 2, 3, 4]
    assert curve.get_ydata().tolist() == [0.5, 0.75, 0.875, 1]
    assert (dot.get_xdata().tolist(), dot.get_ydata().tolist()) == ([2], [0.75])
    assert ax.lines[0].get_linestyle() != ax.lines[2].get_linestyle()
    assert "a: 2 reach 0.75, the best 2 together have 0.75; b: 1 reach 0.75" in description(ax)
    ax = plot_nucleus({"even": np.full(512, 1 / 512)}, top_p=0.75, top_k=2)  # 384 reach it
    assert "even: 380 reach 0.75" in description(ax) and "380" in [t.get_text() for t in texts(ax)]


@pytest.mark.parametrize(
    ("cached", "counts", "said"),
    [(False, ["2", "3", "4"], "2, 3 and 4; 9 in all"), (True, ["2", "1", "1"], "4 in all")],
)
def test_with_a_cache_each_position_is_computed_once(cached, counts, said):
    ax = plot_computed(2, 3, cached=cached)
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(cells) == 9
    first_time = [(cell.get_y(), cell.get_x()) for cell in cells if not cell.get_hatch()]
    assert first_time == [(0, 0), (0, 1), (1, 2), (2, 3)]
    assert [text.get_text() for text in texts(ax)] == [*counts, "computed"]
    assert said in description(ax)


def test_a_line_break_is_seen_among_the_names_of_positions():
    ax = plot_computed(1, 2, cached=True, tokens=[" Paris", "\n"])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Paris", r"\n"]


def test_parameters_show_exact_numbers_and_shares_without_counting_the_total_as_a_part():
    ax = plot_parameters(COUNTS)
    labels = [t.get_text() for t in texts(ax)]
    assert labels == ["600  (60.0%)", "300  (30.0%)", "99  (9.9%)", "1  (0.1%)"]
    assert "1,000 parameters" in ax.get_title() and "embedding" in ax.get_title()


def test_models_bars_are_told_apart_by_hatches_too():
    ax = plot_model_parameters({"a": COUNTS, "b": {"embedding": 50, "output": 50}})
    hatches = [patch.get_hatch() for patch in ax.get_legend().get_patches()]
    assert len(set(hatches)) == len(hatches) == 5
    assert [t.get_text() for t in texts(ax)] == ["1,000", "100"]
    assert "b, 100 parameters: embedding 50.0%, output 50.0%" in description(ax)


def test_shares_reach_the_whole_for_every_model():
    ax = plot_model_parameters({"a": COUNTS, "b": {"embedding": 5}}, share=True)
    ends = {}
    for bar in ax.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        ends[row] = max(ends.get(row, 0), bar.get_x() + bar.get_width())
    assert ends == pytest.approx({0: 1.0, 1: 1.0})


def test_paths_lie_in_the_plane_of_their_two_parameters_over_lines_of_equal_loss():
    """Who sees a narrow valley as a round bowl doesn't see why one step size won't do."""
    paths = {"long": [[2, 1], [1, -1], [0.5, 0.5]], "short": [[2, 1], [0, 0]]}
    ax = plot_paths(lambda points: (points**2).sum(-1), paths, names=("flat", "steep"))
    drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.lines}
    assert drawn["long"] == paths["long"] and drawn["short"] == paths["short"]
    assert np.allclose(drawn["lowest"], 0, atol=0.02)
    assert ax.get_aspect() == 1 and len(ax.collections) == 1
    assert "long goes in 2 steps from (2.00, 1.00) to (0.50, 0.50)" in description(ax)
    assert "the loss from 5 to 0.5" in description(ax)


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ({}, "1 to 8"),
        ({"a": [1, 2]}, r"paths\['a'\] has shape"),
        ({"a": [[1, 2]]}, r"must be \(n_steps \+ 1, 2\)"),
        ({"a": [[1, 2], [0, 0]], "b": [[1, 3], [0, 0]]}, "must start at one point"),
    ],
)
def test_paths_that_can_not_be_compared_are_refused(paths, says):
    with pytest.raises(ValueError, match=says):
        plot_paths(lambda points: (points**2).sum(-1), paths)


def test_lines_are_told_apart_by_dashes_and_markers_too():
    ys = {str(i): [i, i + 1] for i in range(8)}
    ax = plot_lines([1, 2], ys, x_label="x", y_label="y")
    styles = [(str(line._dash_pattern), line.get_marker()) for line in ax.lines]
    assert len(set(styles)) == 8
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(ys)


def _grid_colours(ax):
    """Number to colour, of all grids in the picture."""
    numbers = [text for text in ax.texts if text.get_text().isdigit()]
    boxes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(numbers) == len(boxes)
    return [(t.get_text(), b.get_facecolor()) for t, b in zip(numbers, boxes, strict=True)]


def test_a_number_keeps_the_colour_of_its_row_wherever_it_goes():
    """A reader follows the numbers of a reshape by their colours."""
    rows = torch.arange(3)[:, None].expand(3, 2)
    both = {"t": NUMBERS, "r": NUMBERS.reshape(2, 3)}
    drawn = _grid_colours(plot_tensors(both, colours={"r": rows.reshape(2, 3)}))
    assert len(set(drawn)) == 6, "each number has one colour, before and after"
    assert len({colour for _, colour in drawn}) == 3
    by_own_rows = _grid_colours(plot_tensors(both))
    assert len({colour for _, colour in by_own_rows[6:]}) == 2


def test_numbers_of_a_tensor_are_read_out_row_by_row():
    ax = plot_tensors({"t": NUMBERS, "mean": [0.125, -0.001]}, row_names=["a", "b", "c"])
    said = "t (3, 2) [10 11; 20 21; 30 31], then → mean (2,) [0.12 0]. Rows of the first one: a, b"
    assert said in description(ax)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]


def test_logarithmic_axes_are_there_when_asked_for():
    ax = plot_lines([1, 2], {"a": [1, 2]}, x_label="x", y_label="y", log_x=True, log_y=True)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_a_cache_ends_where_the_model_does_and_is_dotted_beyond():
    ax = plot_cache({"a": (1024, 64), "b": (512, 256)})
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert [line.get_xydata()[-1].tolist() for line in solid] == [[64, 2**16], [256, 2**17]]
    dotted = [line for line in ax.lines if line.get_linestyle() == ":" and line.get_xdata().size]
    assert [line.get_xydata()[0].tolist() for line in dotted] == [[64, 2**16], [256, 2**17]]
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
    assert labels[:2] == ["a: 64 KiB at 64 tokens", "b: 128 KiB at 256 tokens"]
    assert "a has 64 KiB at 64 tokens, the most it was made for" in description(ax)


def test_a_loss_goes_on_to_where_training_ends_below_the_line_for_guessing():
    ax = plot_loss([3.0, 2.0, 1.0], n_steps=10, guessing=3.2)
    each, mean, guessing = ax.lines
    assert each.get_xdata().tolist() == [1, 2, 3] and each.get_ydata().tolist() == [3, 2, 1]
    assert mean.get_ydata().tolist() == [3.0, 2.0, 1.5]  # from the first loss on, not below
    assert ax.get_xlim() == (0, 10) and guessing.get_ydata() == [3.2, 3.2]
    assert "from 3.00 to 1.50 nats, below a line at 3.20 for guessing" in description(ax)
    assert "guessing" not in description(plot_loss([3.0]))
    with pytest.raises(ValueError, match="losses holds NaN"):
        plot_loss([1.0, float("nan")])


# Diagrams


def boxes(ax):
    """Extent of every drawn box: (left, bottom, right, top)."""
    found = []
    for patch in ax.patches:
        if isinstance(patch, FancyBboxPatch) and patch.get_zorder() == 3:
            x, y = patch.get_x(), patch.get_y()
            found.append((x, y, x + patch.get_width(), y + patch.get_height()))
        if isinstance(patch, Circle):
            (x, y), r = patch.center, patch.radius
            found.append((x - r, y - r, x + r, y + r))
    return found


def text_extents(ax):
    ax.figure.draw_without_rendering()
    back = ax.transData.inverted()
    extents = []
    for text in texts(ax):
        extent = text.get_window_extent().transformed(back)
        extents.append((text.get_text(), (extent.x0, extent.y0, extent.x1, extent.y1)))
    return extents


def overlap(a, b, margin=0.0):
    return (
        a[0] < b[2] - margin
        and b[0] < a[2] - margin
        and a[1] < b[3] - margin
        and b[1] < a[3] - margin
    )


def inside(a, b):
    return a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]


@pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS)
def test_no_words_of_a_diagram_run_over_a_box_or_other_words(draw):
    ax = draw()
    found = text_extents(ax)
    for index, (text, extent) in enumerate(found):
        for other, other_extent in found[index + 1 :]:
            assert not overlap(extent, other_extent), (text, other)
        for box in boxes(ax):
            assert inside(extent, box) or not overlap(extent, box), text


@pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS)
def test_arrows_meet_boxes_and_run_through_none_and_through_no_words(draw):
    ax = draw()
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) >= 8
    drawn, words = boxes(ax), text_extents(ax)
    for arrow in arrows:
        points = arrow._path_original.vertices
        for (x0, y0), (x1, y1) in pairwise(points):
            assert x0 == pytest.approx(x1) or y0 == pytest.approx(y1), "arrows are not slanted"
            line = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            for box in drawn:
                assert not overlap(line, box, margin=0.01), (points, box)
            for text, extent in words:
                assert not overlap(line, extent), text
        x, y = points[-1]
        tip = (x - 0.01, y - 0.01, x + 0.01, y + 0.01)
        above = (x - 0.01, y, x + 0.01, y + 0.2)
        assert any(overlap(tip, box) for box in drawn) or any(
            overlap(above, extent) for _, extent in words
        ), f"an arrow ends in the void at {x:.2f}, {y:.2f}"


def ghosts(ax):
    """Texts of the boxes that are drawn dashed."""
    dashed = [
        (p.get_x(), p.get_y(), p.get_x() + p.get_width(), p.get_y() + p.get_height())
        for p in ax.patches
        if isinstance(p, FancyBboxPatch) and p.get_zorder() == 3 and p.get_linestyle() == "--"
    ]
    return sorted(
        text for text, extent in text_extents(ax) if any(inside(extent, box) for box in dashed)
    )


def test_each_architecture_dashes_what_it_leaves_out():
    encoder = ["Add & Norm"] * 2 + ["Embedding", "Feed-forward", "Multi-head self-attention"]
    decoder = ["Add & Norm"] * 3 + ["Cross-attention", "Embedding", "Feed-forward", "Linear"]
    assert ghosts(plot_architecture("encoder-decoder")) == []
    assert ghosts(plot_architecture("encoder-only")) == sorted(
        [*decoder, "Masked self-attention", "Positions", "Softmax"]
    )
    assert ghosts(plot_architecture("decoder-only-2017")) == sorted(
        [*encoder, "Positions", "Add & Norm", "Cross-attention"]
    )


def test_the_decoder_of_today_is_the_model_that_the_course_builds():
    """A reader who goes by the picture would else build a block that loads no weights of today."""
    ax = plot_architecture("decoder-only")
    assert ghosts(ax) == []
    model = DecoderLM(ModelConfig(vocab_size=8, d_model=4, n_layers=1, n_heads=2, d_ff=4))
    parts = {name for name, _ in [*model.named_children(), *model.blocks[0].named_children()]}
    extents = dict(text_extents(ax))
    assert parts - {"blocks"} <= set(extents)
    (main,) = {p.center[0] for p in ax.patches if isinstance(p, Circle)}
    frame = next(b for b in ax.patches if isinstance(b, FancyBboxPatch) and b.get_zorder() == 0)
    bottom, top = frame.get_y(), frame.get_y() + frame.get_height()
    on_the_line = [
        box for box in boxes(ax) if box[0] < main < box[2] and bottom < (box[1] + box[3]) / 2 < top
    ]
    assert len(on_the_line) == 2, "on the residual line of a block there are the plus signs alone"
    order = ["embedding", "attention_norm", "attention", "feed_forward_norm", "feed_forward"]
    order += ["norm", "output"]
    heights = [extents[name][1] for name in order]
    assert heights == sorted(heights)
    for name in order[1:5]:
        assert inside(extents[name], frame.get_bbox().extents), name


def test_pre_norm_keeps_every_norm_off_the_thick_residual_line():
    for kind, on_the_line in (("pre-norm", 0), ("post-norm", 2)):
        ax = plot_block(kind)
        (main,) = {p.center[0] for p in ax.patches if isinstance(p, Circle)}
        norms = [e for text, e in text_extents(ax) if text == "Norm"]
        assert len(norms) == 2
        assert sum(e[0] < main < e[2] for e in norms) == on_the_line


@pytest.mark.parametrize(("d_model", "d_ff"), [(576, 1536), (64, 512)])
def test_matrices_of_a_feed_forward_are_drawn_to_scale(d_model, d_ff):
    """A reader compares the areas."""
    ax = plot_gate(d_model, d_ff)
    scales, matrices = set(), 0
    for text, extent in text_extents(ax):
        if " × " not in text:
            continue
        (box,) = [box for box in boxes(ax) if inside(extent, box)]
        rows, columns = (int(n.replace(",", "")) for n in text.split("\n")[1].split(" × "))
        scales |= {round((box[3] - box[1]) / rows, 6), round((box[2] - box[0]) / columns, 6)}
        matrices += 1
    assert matrices == 5
    assert len(scales) == 1


def test_query_heads_that_share_keys_stand_side_by_side():
    """The order that `repeat_interleave` gives, and not that of `repeat`."""
    ax = plot_shared_heads(6, 2, 64)
    names = {text: extent for text, extent in text_extents(ax)}
    arrows = [
        patch._path_original.vertices for patch in ax.patches if isinstance(patch, FancyArrowPatch)
    ]
    read = {}
    for points in arrows:
        key = next(t for t, e in names.items() if t[0] == "k" and e[0] < points[0][0] < e[2])
        query = next(t for t, e in names.items() if t.isdigit() and e[0] < points[-1][0] < e[2])
        read.setdefault(key, []).append(query)
    assert read == {"k0": ["0", "1", "2"], "k1": ["3", "4", "5"]}


def test_letters_shrink_with_the_axes():
    _, axes = plt.subplots(1, 3, figsize=(12, 5))
    small = plot_architecture("encoder-decoder", ax=axes[0])
    large = plot_architecture("encoder-decoder")
    assert texts(small)[0].get_fontsize() < 0.7 * texts(large)[0].get_fontsize()


# Errors say what is wrong and what would be right


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_attention(WEIGHTS, TOKENS[:3]), "tokens is 3 strings: .* 4 strings"),
        (lambda: plot_attention(WEIGHTS, "abcd"), "tokens is 'abcd': it must be a list"),
        (lambda: plot_attention(WEIGHTS[:2], TOKENS[:2]), "4 strings, one for each column"),
        (lambda: plot_attention(WEIGHTS[None], TOKENS), r"weights has shape \(1, 4, 4\)"),
        (lambda: plot_attention(WEIGHTS * 2, TOKENS), "weights lie between 0 and 1.8"),
        (lambda: plot_attention(WEIGHTS / 0, TOKENS), "weights holds NaN or infinity"),
        (lambda: plot_attention(torch.zeros(0, 0), []), "nothing in it to draw"),
        (lambda: plot_attention(WEIGHTS, TOKENS, key_tokens=["a"]), "key_tokens is 1 strings"),
        (lambda: plot_heads(WEIGHTS, TOKENS), r"weights has shape \(4, 4\): it must have 3"),
        (lambda: plot_heads(WEIGHTS[None], TOKENS, names=[]), "names is 0 strings"),
        (lambda: plot_weights([-0.5], ["a"]), "weights go down to -0.5"),
        (lambda: plot_head_values([[1, 0]], y_label="y"), "values go down to 0"),
        (lambda: plot_rates([0, 1], {"a": [[1], [1]]}), "rates go down to 0: .* more than 0"),
        (lambda: plot_scaling({}), "sizes holds 0 sizes: it must hold 1 to 8"),
        (lambda: plot_scaling({"a": ([0], [1])}), "operations of 'a' go down to 0"),
        (lambda: plot_scaling({"a": ([1, 2], [1])}), "'a' has 2 operations and 1 bits"),
        (lambda: plot_rates([1, 2], {}), "losses holds 0 ways: it must hold 1 to 8"),
        (lambda: plot_rates([1, 2], {"a": [[1]]}), r"losses\['a'\] has 1 rows: it must have 2"),
        (
            lambda: plot_query([1, 0], PAIRS, TOKENS, features=["noun"]),
            "features is 1 strings: it must be a list of 2 strings",
        ),
        (lambda: plot_query([0, 0], PAIRS, TOKENS), r"query is \[0.0, 0.0\]: .* not both 0"),
        (lambda: plot_query([1, 0], WEIGHTS, TOKENS), r"keys has shape \(4, 4\): .* two features"),
        (lambda: plot_query([1, 0], PAIRS, TOKENS[:3]), "4 strings, one for each row"),
        (lambda: plot_mixture(WEIGHTS[:2], PAIRS, TOKENS), "query_tokens .* list of 2 strings"),
        (lambda: plot_mixture(WEIGHTS[:, :2], PAIRS, TOKENS), "column for each of the 4 values"),
        (lambda: plot_mixture(WEIGHTS * 2, PAIRS, TOKENS), "weights lie between 0 and 1.8"),
        (lambda: plot_mask(torch.ones(2, 2)), "mask has dtype torch.float32: it must be boolean"),
        (lambda: plot_influence([[-1.0]]), "changes go down to -1"),
        (
            lambda: plot_influence([[1.0]], high=0.5),
            "high is 0.5: it must be the largest change, 1",
        ),
        (lambda: plot_encoding([1.0, 2.0]), r"encoding has shape \(2,\)"),
        (lambda: plot_rotation(WEIGHTS), r"vectors has shape \(4, 4\): it must be \(n, 2\)"),
        (lambda: plot_rotation([[1.0, 0.0]], labels=["a", "b"]), "labels is 2 strings"),
        (lambda: plot_bias(WEIGHTS), "bias goes up to 0.9: it must not be positive"),
        (lambda: plot_parameters({"a": 1, "total": 3}), r'counts\["total"\] is 3: .* add up to 1'),
        (lambda: plot_parameters({"a": -1}), "none of them negative"),
        (lambda: plot_parameters({"a": 0}), "adds up to 0"),
        (lambda: plot_model_parameters({}), "models is empty"),
        (lambda: plot_model_parameters({"m": {}}), r"models\['m'\] is \{\}"),
        (
            lambda: plot_model_parameters({"m": dict.fromkeys("abcdefghi", 1)}),
            "9 parts: at most 8",
        ),
        (
            lambda: plot_lines([1, 2], {"a": [1]}, x_label="x", y_label="y"),
            r"ys\['a'\] has 1 values: it must have 2",
        ),
        (lambda: plot_lines([1], {}, x_label="x", y_label="y"), "ys holds 0 lines"),
        (
            lambda: plot_training_step([0.5, 0.5], [1.0], ["a", "b"], 0),
            "after has 1 values: it must have 2",
        ),
        (lambda: plot_training_step([1.0], [1.0], ["a"], 1), "right is 1: it must be 0 to 0"),
        (lambda: plot_training_step([-1.0], [1.0], ["a"], 0), "before goes down to -1"),
        (lambda: plot_gate(0, 4), "d_model is 0 and d_ff 4: both must be 1 or more"),
        (lambda: plot_gate(4, 0), "d_model is 4 and d_ff 0: both must be 1 or more"),
        (lambda: plot_shared_heads(64, 8, 128), "n_heads is 64: it must be 1 to 32"),
        (lambda: plot_shared_heads(9, 2, 64), "n_kv_heads is 2: it must divide n_heads = 9"),
        (lambda: plot_cache({}), "models holds 0: it must hold 1 to 8"),
        (lambda: plot_cache({"a": (0, 64)}), r"models\['a'\] is \(0, 64\): .* more than 0"),
        (lambda: plot_cache({"a": (1, 16)}), "positions, more than 16"),
        (lambda: plot_next_token({"a": 0.7, "b": 0.4}, 3), "likeliest .* adds up to 1.1"),
        (lambda: plot_next_token({"a": 0.7}, -1), "n_others is -1: it must be 0 or more"),
        (
            lambda: plot_nucleus({}, top_p=0.9, top_k=1),
            "distributions holds 0: it must hold 1 to 7",
        ),
        (lambda: plot_nucleus({"a": [0.5, 0.4]}, top_p=0.9, top_k=1), "'a'.* adds up to 0.9"),
        (lambda: plot_nucleus({"a": [1.0]}, top_p=0, top_k=1), "top_p is 0 and top_k 1"),
        (lambda: plot_computed(0, 3, cached=True), "n_prompt is 0 and n_new 3: both must be 1"),
        (
            lambda: plot_computed(2, 3, cached=True, tokens=["a"]),
            "tokens is 1 strings: it must be a list of 4 strings, one for each position",
        ),
        (lambda: plot_tensors({}), "tensors is empty"),
        (lambda: plot_tensors({"t": torch.zeros(1, 2, 3)}), r"t has shape \(1, 2, 3\)"),
        (lambda: plot_tensors({"t": NUMBERS}, signs=["+"]), r"signs is \['\+'\]: 1 tensors need 0"),
        (
            lambda: plot_tensors({"t": NUMBERS}, row_names=["a"]),
            "row_names is 1 strings: it must be a list of 3 strings",
        ),
        (
            lambda: plot_tensors({"t": NUMBERS}, colours={"t.T": NUMBERS}),
            "colours names 't.T': it must be one of",
        ),
        (
            lambda: plot_tensors({"t": NUMBERS}, colours={"t": NUMBERS.T}),
            r"colours\['t'\] has shape \(2, 3\): it must be \(3, 2\)",
        ),
        (lambda: plot_architecture("encoder"), "kind is 'encoder': .*'encoder-only'"),
        (lambda: plot_block("postnorm"), "kind is 'postnorm': .*'post-norm', 'pre-norm'"),
    ],
)
def test_errors_name_the_argument_the_value_and_what_would_be_right(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert plt.get_fignums() == [], "a refused call must not leave an empty figure behind"


def test_colours_stay_apart_without_colour_vision():
    """The palette's first six colours differ by lightness or under red-green blindness."""
    # Linear RGB as seen without green receptors: Machado et al. 2009, severity 1.
    deuteranopia = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    colours = np.array([matplotlib.colors.to_rgb(c) for c in plotting.PALETTE[:6]])
    seen = colours**2.2 @ deuteranopia.T
    apart = np.linalg.norm(seen[:, None] - seen, axis=-1) + np.eye(6)
    assert apart.min() > 0.08


def test_the_sequential_map_darkens_steadily_so_that_it_reads_in_grey():
    colours = matplotlib.colormaps[plotting.SEQUENTIAL](np.linspace(0, 1, 64))[:, :3]
    lightness = colours @ [0.299, 0.587, 0.114]
    assert (np.diff(lightness) < 0).all()
    assert lightness[0] > 0.85 and lightness[-1] < 0.1
