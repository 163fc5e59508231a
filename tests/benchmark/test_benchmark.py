"""The benchmark: its data are those of the house, and its counts are what they say they are.

Somebody would else judge a grader by answers that have moved on, or be told a false number.
"""

import dataclasses
import json
import zipfile

import pytest

from benchmark.adapters import GRADERS
from benchmark.adapters.otter import as_tests
from benchmark.contract import ATTACK, RIGHT, WRONG, Answer, Exercise, Verdict
from benchmark.data import write
from benchmark.outside import HARM, OURS
from benchmark.run import CANARY, Trial, draw
from benchmark.run import write as write_run
from benchmark.score import counted, hidden_lines, read, table
from course.maintenance.classes import ANSWERS

EXERCISE = "1-attention"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark") / "data"
    write(folder, [EXERCISE])
    return folder


class Fake:
    """A grader that does the same for everybody."""

    name, sandboxed = "fake", False

    def __init__(self, share):
        self._share = share

    def version(self, environments):
        return "fake 1"

    def grade(self, exercise, submissions, ground):
        if self._share is None:
            raise RuntimeError("crashed")
        for one in submissions:
            points = {cell: self._share * most for cell, most in exercise.points().items()}
            told = "" if self._share else "the maximum's index is subtracted"
            yield Verdict(one.id, points, told, f"{CANARY} of {ground.secret}")


def some(data):
    """Two right answers, two wrong ones, and an attack that may be tried outside a sandbox."""
    names = ("right-torch", "right-numpy", "wrong-index-of-max", "wrong-rounded")
    folders = [f"{EXERCISE}.softmax.{name}" for name in (*names, "tampering-patched-allclose")]
    return [Answer.read(data / "answers" / folder) for folder in folders]


def tried(grader, data, tmp_path):
    trial = Trial(grader, data, tmp_path / "work", tmp_path)
    path = tmp_path / "run.jsonl"
    assert len(list(write_run(path, trial.about("five"), trial, some(data)))) == 5
    return read(path, data)


def test_the_data_are_what_the_house_has(data):
    """A committed answer that is missing would flatter, or a stale one would blame, a grader."""
    answers = Answer.all(data)
    written = {answer.id for answer in answers if answer.origin == "written"}
    assert written == {
        f"{EXERCISE}.{path.parent.name}.{path.stem}" for path in (ANSWERS / EXERCISE).glob("*/*.py")
    }
    manifest = json.loads((data / "manifest.json").read_text())
    assert sorted(manifest["sha256"]) == [answer.id for answer in answers]
    assert sum(answer.origin == "edit" for answer in answers) > 200
    for answer in answers:
        assert answer.misconception or answer.kind == RIGHT, answer.id
        assert (answer.kind == WRONG) == bool(answer.named_by), answer.id
    outside = {answer.outside for answer in answers if answer.kind == ATTACK}
    assert {"", HARM, OURS} < outside
    text = (data / "answers" / f"{EXERCISE}.softmax.wrong-rounded" / "answer.ipynb").read_text()
    assert "round(decimals=3)" in text and "# names:" not in text


@pytest.mark.parametrize(
    ("share", "got"),
    [
        (1.0, {"right accepted": 2, "attacks that score": 1, "that leak": 1}),
        (0.0, {"wrong rejected": 2, "cause named": 1, "that leak": 1, "that hold up others": 1}),
        (None, {"answers not graded": 4, "that hold up others": 1}),
    ],
    ids=["accepts all", "rejects all", "crashes"],
)
def test_what_a_grader_does_is_what_is_counted(data, tmp_path, share, got):
    """Of one that crashes, wrong answers that nobody graded would else count as found."""
    score = tried(Fake(share), data, tmp_path)
    assert score.of == {RIGHT: 2, WRONG: 2, ATTACK: 1}
    assert +score.got == got
    assert f"| wrong rejected | {got.get('wrong rejected', 0)} of 2 |" in table([score])


def test_hidden_tests_that_are_told_are_counted(data):
    wrong = some(data)[2]
    (line, *_) = hidden_lines(Exercise.read(data, EXERCISE))
    noted = {"id": wrong.id, "points": {}, "told": f"  {line}\n", "seconds": 1.0}
    score = counted({}, [noted], {wrong.id: wrong}, {EXERCISE: [line]})
    assert score.got["hidden test told"] == 1


def test_what_would_harm_the_machine_is_not_tried(data, tmp_path):
    bomb = next(a for a in Answer.all(data) if a.id.endswith("resources-fork-bomb"))
    trial = Trial(Fake(1.0), data, tmp_path / "work", tmp_path)
    path = tmp_path / "run.jsonl"
    assert list(write_run(path, trial.about("one"), trial, [bomb])) == []
    assert read(path, data).left_out == {HARM: 1}


def test_a_sample_is_the_same_again(data):
    ids = [answer.id for answer in draw(data, 3, 2, 1)]
    assert ids == [answer.id for answer in draw(data, 3, 2, 1)] and len(ids) == 8
    assert ids != [answer.id for answer in draw(data, 3, 2, 2)]


def test_about_that_is_not_as_the_contract_has_it_is_refused(data, tmp_path):
    about = dataclasses.asdict(some(data)[0])
    for wrong, said in (({"kind": "odd"}, "kind is 'odd'"), ({"more": 1}, "isn't as contract.md")):
        (tmp_path / "about.json").write_text(json.dumps(about | wrong))
        with pytest.raises(ValueError, match=said):
            Answer.read(tmp_path)


def test_otter_gets_every_test_cell(data, tmp_path):
    """A hidden test that it isn't given would let wrong answers pass there."""
    exercise = Exercise.read(data, EXERCISE)
    as_tests(exercise, tmp_path / "tests.zip")
    with zipfile.ZipFile(tmp_path / "tests.zip") as archive:
        texts = {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".py")}
    assert sorted(texts) == sorted(f"tests/{name}.py" for name in exercise.tests())
    for name, text in texts.items():
        compile(text, name, "exec")
        assert ("hidden=True" in text) == name.endswith("-hidden.py")


def test_our_own_grader_tells_two_answers_apart(data, tmp_path):
    """Through its command, as anybody's adapter would call it."""
    trial = Trial(GRADERS["nbexaminer"], data, tmp_path / "work", tmp_path)
    right, wrong = some(data)[0], some(data)[2]
    noted = {line["id"]: line for line in trial.run([right, wrong])}
    assert noted[right.id]["points"] == right.points
    assert noted[wrong.id]["points"]["softmax-hidden"] == 0.0
    assert "index" in noted[wrong.id]["told"] and noted[wrong.id]["leaked"] == []
