"""Moving a control must change the picture, and a reader without a kernel must get the same one."""

import re
import socket

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
from ipywidgets import Text

from helpers.plotting import to_html
from helpers.widgets import (
    SENTENCE,
    Explorer,
    attention_browser,
    attention_picture,
)
from reference.models import load_minilm


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a widget tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert plt.get_fignums() == [], "a figure was left open, so a notebook would draw it again"


@pytest.fixture(scope="module")
def model():
    return load_minilm()


def alt(explorer):
    return re.search(r'<img alt="([^"]+)"', explorer.picture.value)[1]


def src(explorer):
    return re.search(r'src="([^"]+)"', explorer.picture.value)[1]


def moves(explorer, name, value):
    """Setting a control changes the drawn pixels and the words."""
    pixels, words = src(explorer), alt(explorer)
    explorer.controls[name].value = value
    return src(explorer) != pixels and alt(explorer) != words


@pytest.mark.parametrize(("name", "value"), [("text", "a dog ran"), ("layer", 3), ("head", 2)])
def test_attention_browser_moves_with_every_control(model, name, value):
    assert moves(attention_browser(model), name, value)


def test_attention_browser_shows_the_head_that_looks_at_the_previous_token(model):
    explorer = attention_browser(model)
    explorer.set_values({"text": "we like green tea", "layer": 0, "head": 2})
    for pair in ("like to we", "green to like", "tea to green"):
        assert pair in alt(explorer)


def test_a_text_too_long_to_read_is_said_in_the_picture_s_place(model):
    explorer = attention_browser(model)
    explorer.controls["text"].value = "word " * 40
    assert "text has 42 tokens: at most 32" in explorer.picture.value
    assert "<img" not in explorer.picture.value
    explorer.controls["text"].value = "short again"
    assert "short" in alt(explorer)


def test_what_a_reader_types_is_never_run_as_html(model):
    explorer = attention_browser(model)
    explorer.controls["text"].value = '<b>bold</b> "quoted"'
    assert explorer.picture.value.count("<") == 1
    assert explorer.picture.value.count('"') == 4


def test_an_error_that_quotes_what_was_typed_is_not_run_as_html():
    def refuse(text):
        raise ValueError(f"text is {text}")

    explorer = Explorer(refuse, {"text": Text(value="<img src=x>")})
    assert explorer.picture.value == '<p role="alert">text is &lt;img src=x&gt;</p>'


def test_several_values_are_drawn_once(model):
    explorer = attention_browser(model)
    drawn = []
    explorer.picture.observe(drawn.append, "value")
    explorer.set_values({"text": "a dog ran", "layer": 3, "head": 2})
    assert len(drawn) == 1


def test_the_static_picture_is_the_one_that_the_widget_opens_with(model):
    """A page without a kernel shows what the lesson's text talks about."""
    assert to_html(attention_picture(model, SENTENCE)) == attention_browser(model).picture.value


@pytest.mark.parametrize(
    ("values", "message"),
    [({"layer": 6}, "layer is 6: it must be 0 to 5"), ({"head": -1}, "head is -1: .* 0 to 11")],
)
def test_a_missing_layer_or_head_is_named(model, values, message):
    with pytest.raises(ValueError, match=message):
        attention_picture(model, **values)
