"""The benchmark: its data are those of the house, and its counts are what they say they are.

Somebody would else judge a grader by answers that have moved on, or be told a false number.
"""

import dataclasses
import json
import zipfile

import pytest

from course.authoring.answers import committed_answers
from course.benchmark.adapters import GRADERS
from course.benchmark.adapters.otter import as_tests
from course.benchmark.contract import ATTACK, EDIT, RIGHT, Answer, Exercise, Verdict
from course.benchmark.data import write
from course.benchmark.outside import HARM, OURS
from course.benchmark.run import CANARY, Trial, draw
from course.benchmark.run import write as write_run
from course.benchmark.score import LEAKS, ROWS, SCORES, counted, read, table

EXERCISE = "1-attention"
MESSAGE = """the maximum's index is subtracted,
    and not its value: subtract the maximum along dim, which changes nothing else"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark") / "data"
    write(folder, [EXERCISE])
    return folder


class Fake:
    """A grader that does the same for everybody."""

    name, sandboxed = "fake", False

    def __init__(self, share, gradebook=True):
        self._share, self.gradebook = share, gradebook

    def version(self, environments):
        return "fake 1"

    def grade(self, exercise, submissions, ground):
        if self._share is None:
            raise RuntimeError("crashed")
        for one in submissions:
            points = {cell: self._share * most for cell, most in exercise.points().items()}
            told = "" if self._share else f"softmax: {MESSAGE}"
            yield Verdict(one.id, points, told, f"{CANARY} of {ground.secret}")


def some(data):
    """Two right answers, two wrong ones, and an attack that may be tried outside a sandbox."""
    names = ("right-torch", "right-numpy", "edit-0-005", "wrong-rounded")
    folders = [f"{EXERCISE}.softmax.{name}" for name in (*names, "tampering-patched-allclose")]
    return [Answer.read(data / "answers" / folder) for folder in folders]


def tried(grader, data, tmp_path):
    trial = Trial(grader, data, tmp_path / "work", tmp_path)
    path = tmp_path / "run.jsonl"
    assert len(list(write_run(path, trial.about("five", 5), trial, some(data)))) == 5
    return path


def test_the_data_are_what_the_house_has(data):
    """A committed answer that is missing would flatter, or a stale one would blame, a grader."""
    answers = Answer.all(data)
    written = {answer.id for answer in answers if answer.origin == "written"}
    assert written == {
        f"{EXERCISE}.{answer.name}.{answer.label}" for answer in committed_answers(EXERCISE)
    }
    manifest = json.loads((data / "manifest.json").read_text())
    assert sorted(manifest["sha256"]) == [answer.id for answer in answers]
    assert sum(answer.origin == EDIT for answer in answers) > 200
    for answer in answers:
        assert answer.misconception or answer.kind == RIGHT, answer.id
    outside = {answer.outside for answer in answers if answer.kind == ATTACK}
    assert {"", HARM, OURS} < outside
    most = {tuple(answer.at_most.items()) for answer in answers if answer.kind == ATTACK}
    none, visible = (("softmax-visible", n) for n in (0.0, 1.0))
    assert most == {(one, ("softmax-hidden", 0.0)) for one in (none, visible)}
    text = (data / "answers" / f"{EXERCISE}.softmax.wrong-rounded" / "answer.ipynb").read_text()
    assert "round(decimals=3)" in text and "# names:" not in text


@pytest.mark.parametrize(
    ("share", "got"),
    [
        (1.0, "2 of 2, 0 of 2, 0 of 1, 0 of 4, 1 of 1, 1 of 1, 0 of 1, 0 of 1"),
        (0.0, "0 of 2, 2 of 2, 1 of 1, 0 of 4, 0 of 1, 1 of 1, 1 of 1, 0 of 1"),
        (None, "0 of 2, 0 of 2, 0 of 1, 4 of 4, 0 of 0, 0 of 0, 1 of 1, 1 of 1"),
    ],
)
def test_what_a_grader_does_is_what_is_counted(data, tmp_path, share, got):
    """Of one that crashes, wrong answers would else count as found, and attacks as held."""
    score = read(tried(Fake(share), data, tmp_path), data)
    assert ", ".join(map(score.cell, ROWS)) == got
    assert f"| attacks that score | {score.cell(SCORES)} |" in table([score])


def test_an_attack_must_not_get_the_points_of_its_own_wrong_answer(data):
    """A grader that reads an old format would else be blamed for crediting right answers."""
    answers = {answer.id: answer for answer in some(data)}
    attack = some(data)[-1]
    line = {"id": attack.id, "told": "", "leaked": [], "classmate": attack.points, "seconds": 1}
    others = {cell: p for cell, p in attack.points.items() if not cell.startswith("softmax")}
    for points, got in ((others, "0 of 1"), (attack.points, "1 of 1")):
        # The first line is an older one about the same answer, which no longer counts.
        noted = [line | {"points": None}, line | {"points": points}]
        assert counted({}, noted, answers).cell(SCORES) == got


def test_graders_are_compared_on_the_attacks_that_all_were_tried_on(data, tmp_path):
    """One that was tried on the harmless ones alone would else look as strong."""
    one, other = (read(tried(Fake(share), data, tmp_path / str(share)), data) for share in (1, 0))
    other.note(LEAKS, dataclasses.replace(some(data)[0], id="another"), True)
    shown = table([one, other])
    assert "| attacks that leak, of those counted for all | 1 of 1 | 1 of 1 |" in shown
    assert "| attacks that leak | 1 of 1 | 2 of 2 |" in shown


def test_a_run_that_is_not_whole_or_not_of_these_data_is_told(data, tmp_path):
    path = tried(Fake(1.0), data, tmp_path)
    about, *lines = path.read_text().splitlines()
    assert json.loads((data / "manifest.json").read_text())["version"] in table([read(path, data)])
    kept = {k: v for k, v in json.loads(about).items() if k not in ("data", "answers")}
    path.write_text("\n".join([json.dumps(kept), *lines]))
    assert "commit not noted" in table([read(path, data)])  # as runs were before
    path.write_text("\n".join([about, *lines[:3]]))
    assert "**Only 3 of 5 answers are in it.**" in table([read(path, data)])
    trial = Trial(Fake(1.0), data, tmp_path / "work", tmp_path)
    with pytest.raises(ValueError, match="of five, not of six: name a new folder"):
        list(write_run(path, trial.about("six", 6), trial, []))
    for text, said in (
        ("no JSON", "Expecting value"), ("{}", "first line has no 'version'"),
        (f'{about}\n{{"id": "{some(data)[0].id}"}}', "right-torch has no 'points'"),
        (f'{about}\n{{"id": "nobody"}}', "nobody is not among the answers"),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(ValueError, match=said):
            read(path, data)


def test_what_would_harm_the_machine_is_not_tried(data, tmp_path):
    bomb = next(a for a in Answer.all(data) if a.id.endswith("resources-fork-bomb"))
    trial = Trial(Fake(1.0), data, tmp_path / "work", tmp_path)
    path = tmp_path / "run.jsonl"
    assert list(write_run(path, trial.about("one", 1), trial, [bomb])) == []
    assert read(path, data).left_out == {HARM: 1}
    (attack,) = draw(data, 1, 1, 1, [f"{EXERCISE}.softmax.files-write-gradebook"])
    assert Trial(Fake(1.0, gradebook=False), data, tmp_path, tmp_path).left_out(attack)
    assert not trial.left_out(attack)


def test_a_sample_is_the_same_again(data):
    ids = [answer.id for answer in draw(data, 3, 2, 1)]
    assert ids == [answer.id for answer in draw(data, 3, 2, 1)] and len(ids) == 8
    assert ids != [answer.id for answer in draw(data, 3, 2, 2)]
    with pytest.raises(ValueError, match="nobody is not among the answers"):
        draw(data, 3, 2, 1, ["nobody"])


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
    assert " ".join(MESSAGE.split()) in noted[wrong.id]["told"]
    assert noted[wrong.id]["leaked"] == []
