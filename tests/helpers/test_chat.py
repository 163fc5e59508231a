"""A reader talks with a model, sees it write, and is told what goes wrong."""

import asyncio
import signal

import pytest

from helpers.chat import Chat, chat, talk


class FrontEnd:
    """What a box has told its front end, and what that says to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[dict[str, str]] = []
        monkeypatch.setattr(Chat, "send", lambda _box, said: self.heard.append(said))

    async def _say(self, box: Chat, *texts: str) -> None:
        box._loop = asyncio.get_running_loop()
        for text in texts:
            box._hear(box, {"said": text}, [])
        async with asyncio.timeout(5):
            while not self.heard or "ended" not in self.heard[-1]:
                await asyncio.sleep(0)

    def say(self, box: Chat, *texts: str) -> list[dict[str, str]]:
        """All that is heard from when these texts are sent, at once, until an answer has ended."""
        self.heard.clear()
        asyncio.run(self._say(box, *texts))
        return self.heard


@pytest.fixture
def front(monkeypatch):
    return FrontEnd(monkeypatch)


def in_words(text):
    """A model that says what it was told."""
    yield from text.split()


def test_an_answer_comes_in_pieces_and_is_kept(front):
    """Who shows the notebook again, in another window, would find an empty log."""
    box = chat(in_words)
    assert front.say(box, "one two") == [
        {"began": "one two"}, {"piece": "one"}, {"piece": "two"}, {"ended": "done"},
    ]  # fmt: skip
    front.say(box, "three")
    assert [(turn["who"], turn["text"]) for turn in box.turns] == [
        ("you", "one two"), ("model", "onetwo"), ("you", "three"), ("model", "three"),
    ]  # fmt: skip


def test_a_text_that_comes_while_it_writes_is_refused_aloud(front):
    """It would be lost, or two answers would be written into each other."""
    heard = front.say(chat(in_words), "one two", "too early")
    assert {"busy": "too early"} in heard
    assert [said for said in heard if "piece" in said] == [{"piece": "one"}, {"piece": "two"}]


def test_an_answer_that_goes_on_and_on_is_stopped(front):
    """A model that repeats itself would keep the reader waiting."""
    closed = []

    def reply(text):
        try:
            while True:
                yield "again "
                if len(front.heard) == 3:
                    box._hear(box, {"stop": True}, [])
        finally:
            closed.append(text)

    box = chat(reply)
    assert front.say(box, "go")[-1] == {"ended": "stopped"}
    assert closed == ["go"]
    assert box.turns[-1]["text"].startswith("again again ")
    box._reply = in_words
    assert front.say(box, "on")[-1] == {"ended": "done"}, "the next answer isn't stopped"


def test_an_error_is_told_in_a_line_and_in_full(front):
    """Outside of cells nothing shows it: the box would just stay silent."""

    def learners_own():
        raise IndexError("index 7 is out of range\nmore of it")

    def reply(_text):
        yield "The "
        learners_own()

    box = chat(reply)
    assert front.say(box, "hello")[-1] == {"ended": "failed"}
    partly, error = box.turns[1:]
    assert partly == {"who": "model", "text": "The "}
    assert error["text"] == "IndexError in learners_own: index 7 is out of range"
    assert "learners_own()" in error["details"] and "more of it" in error["details"]
    assert "helpers/chat" not in error["details"]
    box._reply = in_words
    assert front.say(box, "again")[-1] == {"ended": "done"}


def _unwritten(_text):
    raise NotImplementedError()


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (_unwritten, "_unwritten is not written yet."),
        (lambda _text: None, "TypeError: reply gives None: it must yield pieces of text"),
        (lambda _text: [7], "TypeError: reply yields 7: it must yield pieces of text"),
    ],
)
def test_what_is_no_answer_is_named(front, reply, said):
    box = chat(reply)
    front.say(box, "hello")
    assert [turn["text"] for turn in box.turns] == ["hello", said]


def test_an_endless_loop_can_be_interrupted(front):
    """A kernel hears no interruption outside of cells: only a restart would help."""

    def reply(_text):
        signal.raise_signal(signal.SIGINT)
        yield "never"

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        box = chat(reply)
        front.say(box, "hello")
    finally:
        signal.signal(signal.SIGINT, before)
    assert box.turns[-1]["text"] == "The kernel was interrupted."


def test_readers_without_a_kernel_are_told_what_is_here():
    data, _ = chat(in_words)._repr_mimebundle_()
    assert "type into" in data["text/html"] and "talk(reply)" in data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in data


def test_without_a_box_one_talks_line_by_line(monkeypatch, capsys):
    typed = iter(["one two", "three", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    talk(in_words, name="Model")
    assert capsys.readouterr().out.splitlines()[1:] == ["Model: onetwo", "Model: three"]


def test_where_nobody_can_type_it_says_so(monkeypatch, capsys):
    """A notebook that is run as a whole would stop here."""

    def refuse(_prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", refuse)
    talk(in_words)
    assert "Nobody can type here." in capsys.readouterr().out
