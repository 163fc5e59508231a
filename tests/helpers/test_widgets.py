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
    Explorer,
    rope_explorer,
    rope_picture,
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a widget tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    yield
    assert plt.get_fignums() == [], "a figure was left open, so a notebook would draw it again"


def alt(explorer):
    return re.search(r'<img alt="([^"]+)"', explorer.picture.value)[1]


def src(explorer):
    return re.search(r'src="([^"]+)"', explorer.picture.value)[1]


def moves(explorer, name, value):
    """Setting a control changes the drawn pixels and the words."""
    pixels, words = src(explorer), alt(explorer)
    explorer.controls[name].value = value
    return src(explorer) != pixels and alt(explorer) != words


@pytest.mark.parametrize(
    ("name", "value"), [("query_position", 5), ("key_position", 9), ("pair", 1), ("base", 100.0)]
)
def test_rope_moves_with_every_control(name, value):
    explorer = rope_explorer()
    explorer.controls["pair"].value = 2
    assert moves(explorer, name, value)


def test_rope_product_depends_on_the_distance_alone():
    explorer = rope_explorer()
    product = re.search(r"q·k = (\S+)", alt(explorer))[1]
    explorer.set_values({"query_position": 22, "key_position": 20})
    assert re.search(r"q·k = (\S+)", alt(explorer))[1] == product
    explorer.controls["key_position"].value = 21
    assert re.search(r"q·k = (\S+)", alt(explorer))[1] != product


def test_an_error_that_quotes_what_was_typed_is_not_run_as_html():
    def refuse(text):
        raise ValueError(f"text is {text}")

    explorer = Explorer(refuse, {"text": Text(value="<img src=x>")})
    assert explorer.picture.value == '<p role="alert">text is &lt;img src=x&gt;</p>'


def test_several_values_are_drawn_once():
    explorer = rope_explorer()
    drawn = []
    explorer.picture.observe(drawn.append, "value")
    explorer.set_values({"query_position": 7, "key_position": 2, "pair": 1})
    assert len(drawn) == 1


def test_the_static_picture_is_the_one_that_the_widget_opens_with():
    """A page without a kernel shows what the lesson's text talks about."""
    assert to_html(rope_picture()) == rope_explorer().picture.value


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rope_picture(pair=4), "pair is 4: it must be 0 to 3"),
    ],
)
def test_errors_name_the_argument_the_value_and_what_would_be_right(call, message):
    with pytest.raises(ValueError, match=message):
        call()
