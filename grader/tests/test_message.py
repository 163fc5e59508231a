"""A message as data: what a learner would read if something on its way changed it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nbexaminer.classroom.gradebook.writer import JournalEntry
from nbexaminer.classroom.pipeline.summary import Summary
from nbexaminer.judging.message import UNEXPECTED, Message, Table

PLACE = st.tuples(st.integers(0, 7), st.integers(0, 7))
LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), max_size=20)
TABLES = st.builds(
    Table,
    label=LINE,
    cells=st.lists(st.lists(LINE, max_size=8).map(tuple), max_size=8).map(tuple),
    wrong=st.lists(PLACE, max_size=9).map(tuple),
    begins=PLACE,
    place=LINE,
)
MESSAGES = st.builds(
    Message,
    headline=st.lists(LINE, min_size=1).map("\n".join),
    cause=LINE,
    facts=st.lists(st.tuples(LINE, LINE), max_size=9).map(tuple),
    tables=st.lists(TABLES, max_size=4).map(tuple),
    todo=LINE,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from([*(f.name for f in dataclasses.fields(Message)), "label", "cells"])


@given(MESSAGES)
def test_what_a_test_says_arrives_as_it_was_said(message: Message) -> None:
    """A fact would be lost between a test and a page."""
    assert Message.read(json.loads(json.dumps(message.as_data()))) == message


@given(st.dictionaries(FIELDS, JSON) | JSON)
def test_data_of_any_shape_are_read(data: Any) -> None:
    """What a test runner sends may be anything; grading and pages must go on."""
    message = Message.read(data)
    assert Message.read(message.as_data()) == message
    bold, rest = message.lines()
    assert not set("\x1b\x07\u202e") & set(str(message) + "".join(bold + rest))


def test_what_is_no_message_keeps_its_headline_and_nothing_else() -> None:
    """Half of a message, or a page of ten thousand cells, would be worse than its first line."""
    table = {"label": "came back", "cells": [["1"]]}
    odd: list[dict[str, Any]] = [
        {"facts": [["called"]]}, {"facts": "called"}, {"facts": [["a", "b"]] * 21}, {"more": ""},
        {"tables": [table | {"cells": [["1"] * 9]}]}, {"tables": [table] * 5}, {"cause": 1},
        {"tables": [table | {"wrong": [[0, "0"]]}]}, {"tables": [table | {"begins": [1 << 60, 0]}]},
        {"tables": [{"label": "no cells"}]},
    ]  # fmt: skip
    for more in odd:
        assert Message.read({"headline": "f is wrong"} | more) == Message("f is wrong"), more
    assert Message.read({"headline": "f is wrong", "tables": [table]}).tables


def test_a_message_is_short_and_writes_no_line_of_its_own() -> None:
    """A learner's text could else look like a verdict, or fill the gradebook."""
    said = Message("f\x1b[1m", facts=(("came\nback", "\r\x07a\nb"), ("c", "x" * 9_000), ("d", "e")))
    read = Message.read(said.as_data())
    assert read.facts[0] == ("came back", "a\nb")
    assert len(str(read)) < 4_100 and len(read.facts) == 2
    assert all(line.startswith("  ") for line in read.lines()[1])


class _Wrong(AssertionError):
    def as_message(self) -> Any:
        return self.args[1]


def test_an_exception_without_data_is_its_text() -> None:
    """Most courses have plain assertions, of one line or, by NumPy, of several."""
    several = "\nNot equal\n  Mismatched: 1 / 3\n x: [1, 2]"
    assert Message.of(AssertionError("f(3) is 6")) == Message("f(3) is 6")
    assert Message.of(AssertionError()) == Message(UNEXPECTED)
    assert Message.of(AssertionError(several)).lines()[1] == several.split("\n")[1:]
    assert Message.of(_Wrong("text", {"headline": "data"})) == Message("data")
    assert Message.of(_Wrong("text", {"facts": []})).headline.startswith("('text'")
    assert Message.of(_Wrong("text", object())).headline.startswith("('text'")


def test_a_terminal_gets_aligned_facts_below_the_headline() -> None:
    """Long numbers would be read as part of the next fact."""
    facts = (("called", "f(x = 1)"), ("numbers", f"x = {'1 ' * 50}\ny = 2"))
    message = Message("f is not written yet", facts=facts, todo="write it")
    assert str(message).split("\n")[:2] == [
        "f is not written yet: write it",
        "  called:    f(x = 1)",
    ]
    bold, rest = message.lines(60, sign="✗ ")
    assert bold == ["✗ f is not written yet: write it"]
    assert rest[0] == "  called:    f(x = 1)" and rest[1].startswith("  numbers:   x = 1 1")
    assert rest[2].startswith(" " * 13 + "1 1") and rest[-1] == " " * 13 + "y = 2"
    assert max(map(len, rest)) <= 60


def test_messages_of_an_earlier_version_are_read() -> None:
    """After an update a class would have lost what it was told."""
    said = "f: no\n  called:    f(3)"
    test = {"notebook": "n", "cell": "a", "outcome": "error", "message": said, "cause": "no"}
    summary = Summary()
    summary.count("ada", JournalEntry("", "", "", json.dumps([test])))
    assert summary.errors == {("n", "a"): said}
    assert Message.read(said) == Message(said)
