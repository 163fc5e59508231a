"""What the learner writes in lesson 13."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from torch import Tensor

from checks.check import Exercise
from checks.seen import NOT_CALLED, comes_back, other_shape, says
from checks.your_turn import YourTurn, numbers

_PLACES = Exercise(
    "13-writing",
    ("share_invented", "relative_change", "positions", "as_prompt"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def share_invented(spoken: Sequence[str], known: Container[str]) -> float:
    invented = [word not in known for word in spoken]
    return sum(invented) / len(spoken)


def relative_change(before: Tensor, after: Tensor) -> Tensor:
    same_rows = after[:-1]
    change = same_rows - before
    return change.norm() / before.norm()


def positions(n_prompt: int, n_new: int) -> tuple[int, int]:
    without = sum(range(n_prompt, n_prompt + n_new))
    cached = n_prompt + n_new - 1
    return without, cached


def as_prompt(question: str) -> str:
    asked = "<|im_start|>user\n" + question + "<|im_end|>\n"
    return asked + "<|im_start|>assistant\n"


def _holds(*parts: str) -> Any:
    """A text that has one of these parts in it."""
    return lambda got, *_: isinstance(got, str) and any(part in got for part in parts)


def _lacks(part: str) -> Any:
    """A text that has this part nowhere."""
    return lambda got, *_: isinstance(got, str) and part not in got


def _begins_otherwise(got: Any, *_: Any) -> bool:
    return isinstance(got, str) and not got.startswith("<|im_start|>user")


def _begins_with_a_break(got: Any, *_: Any) -> bool:
    return isinstance(got, str) and got.startswith("\n")


def _goes_on(got: Any, expected: str, *_: Any) -> bool:
    return isinstance(got, str) and got.startswith(expected)


def _lacks_question(got: Any, _: str, question: str) -> bool:
    return isinstance(got, str) and question not in got


_PLACES.check(
    "share_invented",
    reference=share_invented,
    expects="the share of the words that aren't known, from 0 to 1",
    wrong={
        "count the words that are not in known, and divide by how many words there are": {
            "return sum(invented)": "that's how many are invented: divide by how many words "
            "there are",
            "invented = [word in known for word in spoken]": "that's the share of known words: "
            "not in is asked for",
            "return sum(invented) / len(known)": "it is divided by how many words are known, and "
            "not by how many are in the text",
            "return sum(invented) / (len(spoken) - sum(invented))": "it is divided by how many of "
            "the words aren't invented: divide by how many there are",
            "return len(spoken) / sum(invented)": "the fraction is upside down",
            "return sum(word not in spoken for word in known) / len(spoken)": "it's the other way "
            "round: go through the words of the text, and look each up in known",
            "return any(invented) / len(spoken)": "the count never gets beyond 1: += adds, and =+ "
            "sets it anew",
            (
                "return sum(invented) // len(spoken)",
                "return round(sum(invented) / len(spoken), 2)",
            ): "the decimals are gone, as // and round do it: divide with /",
            (
                "return spoken[0] not in known",
                "return invented[0] / len(spoken)",
            ): "only the first word is looked at: a return inside the loop ends it",
            (
                "spoken = set(spoken); invented = [word not in known for word in spoken]",
                "return len(set(spoken) - set(known)) / len(set(spoken))",
                "return len(set(spoken) - set(known)) / len(spoken)",
            ): "an invented word counts once, however often it comes: go through the list itself",
            "return 100 * sum(invented) / len(spoken)": "that's per cent: a share goes from 0 to 1",
            ("return float(any(invented))", "return any(invented)"): "that says whether any word "
            "is invented, and not how many",
        }
    },
    seen={
        "the whole list is looked up at once: go through its words with for": says("unhashable"),
        "it's the other way round: word not in known": says("requires string as left operand"),
        "sum it up before you divide: only numbers can be divided": says(
            "'list' and 'int'", "'generator' and 'int'"
        ),
        "divide by how many words there are: len(spoken)": says("'int' and 'list'"),
        "one number is asked for, and not a list": comes_back(list, set, tuple),
    },
)
_PLACES.check(
    "relative_change",
    reference=relative_change,
    expects="the length of after[:-1] - before, divided by the length of before",
    wrong={
        "subtract the old rows from the same ones in after, and divide one length by the other": {
            "same_rows = after[1:]": "after[1:] leaves out the first row, and the new one is the "
            "last",
            "return change.norm()": "the change isn't divided by the size of before",
            "same_rows = after[-1]": "after[-1] is the new row alone: after[:-1] is all the others",
            (
                "same_rows = after[:1]",
                "same_rows = after[1]",
            ): "a single row of after is taken: after[:-1] is all but the last",
            (
                "return (after - before[:-1]).norm() / before.norm()",
                "return (same_rows - before[:-1]).norm() / before.norm()",
            ): "before[:-1] leaves out a row of before: only after has one too many",
            (
                "return change.norm() / after.norm()",
                "return change.norm() / same_rows.norm()",
            ): "it is divided by the length of after: that of before is asked for",
            (
                "return (same_rows.norm() - before.norm()) / before.norm()",
                "return (same_rows.norm() - before.norm()).abs() / before.norm()",
                "return same_rows.norm() / before.norm() - 1",
                "return (after.norm() - before.norm()) / before.norm()",
            ): "the two lengths are subtracted: subtract the tables first, then take the length",
            "return same_rows.norm() / before.norm()": "nothing is subtracted",
            "return before.norm() / change.norm()": "the fraction is upside down",
            "return (change / before).norm()": "each number is divided by its own old one: take "
            "both lengths first",
            ("return change.sum() / before.sum()", "return change.mean() / before.mean()"): "the "
            "differences are added up, so that those above 0 and those below cancel: .norm() "
            "gives the length",
            "return change.abs().sum() / before.abs().sum()": "the sizes are added up: a length is "
            "the root of the sum of squares, and .norm() gives it",
            "return (change.norm() / before.norm()).square()": "that's the share of the squares: "
            ".norm() takes the root of their sum",
        }
    },
    seen={
        "after has one row more than before: after[:-1] leaves it out": says(
            "must match the size of tensor"
        ),
        "one number is asked for, for the whole table: divide two lengths, each by .norm() without "
        "dim": other_shape,
        **NOT_CALLED,
    },
)
_PLACES.check(
    "positions",
    reference=positions,
    parts=("without a cache", "with a cache"),
    expects="two whole numbers: n_prompt + (n_prompt + 1) + …, one for each new token; and all "
    "tokens but the last",
    wrong={
        "without a cache each step computes all tokens so far; with one, each token is computed "
        "once, and the last new one never": {
            "without = sum(range(n_prompt, n_prompt + n_new + 1))": "without a cache there is one "
            "step too many: the last new token is chosen, and goes through no more",
            "without = sum(range(n_prompt + 1, n_prompt + n_new + 1))": "the first step without a "
            "cache computes the prompt alone",
            "return without + n_prompt + n_new, cached + 1": "the last new token is counted in "
            "both: it is chosen, and goes through no more",
            "return without + n_new, cached + 1": "the first step without a cache computes the "
            "prompt alone, and the last new token goes through no more, with a cache or without",
            "without = sum(range(n_prompt, n_prompt + n_new - 1))": "without a cache a step is "
            "missing: range ends before its second number",
            "without = sum(range(n_prompt + n_new))": "range begins at 0: the first step without a "
            "cache computes the whole prompt",
            "without = sum(range(n_prompt, n_new))": "range ends before its second number, which "
            "is n_prompt + n_new here",
            "without = sum(range(n_new))": "without a cache the prompt goes through again in each "
            "step",
            "without = n_prompt * n_new": "the text grows: each step without a cache computes one "
            "position more than the last",
            "without = (n_prompt + n_new) * n_new": "the text grows: only the last steps are that "
            "long",
            "cached = n_prompt + n_new": "the last new token is counted with a cache: it is "
            "chosen, and goes through no more",
            ("cached = n_new", "cached = n_new - 1"): "with a cache the prompt goes through as "
            "well, once",
            ("cached = n_prompt + 1", "cached = 1"): "with a cache that's not all: add up what all "
            "steps compute",
            "cached = n_prompt * n_new": "with a cache the prompt goes through once, and not in "
            "each step",
            "without = range(n_prompt, n_prompt + n_new)": "these are the steps without a cache: "
            "sum adds them up",
            (
                "return 56, 11",
                "return 56, cached",
                "return without, 11",
            ): "that's for 5 tokens and 7 new ones: take n_prompt and n_new",
            "return cached, without": "the two are swapped: first without a cache, then with one",
        }
    },
    seen={
        "two numbers are asked for: return a, b": comes_back(int, float),
        "sum adds up what a range gives: sum(range(a, b))": says("'int' object is not iterable"),
    },
)
_PLACES.check(
    "as_prompt",
    reference=as_prompt,
    expects="the user's turn with the question in it, and the beginning of the assistant's",
    wrong={
        "the same marks and line breaks as in the example, with the question in its place": {
            "return asked + '<|im_start|>assistant'": "the line break behind assistant is missing",
            (
                "return asked + '<|im_start|>assistant\\n<|im_end|>'",
                "return asked + '<|im_start|>assistant\\n<|im_end|>\\n'",
                "return asked + '<|im_start|>assistant<|im_end|>'",
                "return asked + '<|im_start|>assistant<|im_end|>\\n'",
            ): "the assistant's turn is ended already: the reply has to come first",
            "return asked + 'assistant\\n'": "<|im_start|> is missing in front of assistant",
            "asked = 'user\\n' + question + '<|im_end|>\\n'": "<|im_start|> is missing in front "
            "of user",
            "asked = '<|im_start|>user\\n' + question + '<|im_end|>'": "the line break between "
            "the two turns is missing",
            (
                "asked = '<|im_start|>user' + question + '<|im_end|>\\n'",
                "asked = '<|im_start|>user ' + question + '<|im_end|>\\n'",
            ): "the line break behind user is missing",
            (
                "asked = '<|im_start|>user\\n' + question + '\\n'",
                "asked = '<|im_start|>user\\n' + question",
            ): "<|im_end|> is missing behind the question",
        }
    },
    seen={
        "the name question stands there instead of the question: an f before the quotes puts in "
        "what is in {}": _holds("{question}", "user\nquestion<"),
        "the question that the function is given isn't in it": _lacks_question,
        "a line break is \\n, with a backslash": _holds("/n"),
        "\\n stands there as two letters: write one backslash, and no r before the quotes": _holds(
            r"\n"
        ),
        "a mark isn't spelt as in the example: <|im_start|> and <|im_end|>": _holds(
            "<im_", "im_e>"
        ),
        "user and assistant are written in small letters": _holds("User", "Assistant"),
        "each turn begins with <|im_start|>, and <|im_end|> ends it": _holds(
            "<|im_end|>assistant", "<|im_end|>user"
        ),
        "it begins with a line break: in triple quotes those count, too": _begins_with_a_break,
        "it doesn't begin with the user's turn, <|im_start|>user": _begins_otherwise,
        "a line begins with a space (in triple quotes the indentation counts, too)": _holds("\n "),
        "there is a space or a line break too many in front of <|im_end|>": _holds(
            " <|im_end|>", "\n<|im_end|>"
        ),
        "the line breaks are missing: \\n is one": _lacks("\n"),
        "the assistant's turn isn't begun": _lacks("assistant"),
        "<|im_end|> is missing behind the question": _lacks("<|im_end|>"),
        "nothing but a line break follows assistant": _holds("assistant:", "assistant "),
        "it goes on behind what is asked for: the rest is for the model to write": _goes_on,
        "a single text is asked for": comes_back(tuple, list),
    },
)

your_turn.also("share_invented", ["b", "a", "a", "c", "d", "f", "a"], ["b", "d"])
your_turn.also("share_invented", ["a", "b", "c", "e"], ["b", "e", "f", "g", "h"])
your_turn.also("relative_change", numbers(3, 4), numbers(4, 4, seed=1))
your_turn.also("positions", 5, 3)
your_turn.also("as_prompt", "Who are you?")
