"""A learner's own files survive updates of the course."""

from course.work import copy_exercises


def test_updates_never_touch_a_learners_work(tmp_path):
    release, work = tmp_path / "release", tmp_path / "work"
    (release / "1-attention").mkdir(parents=True)
    (release / "1-attention" / "1-attention.ipynb").write_text("first")
    assert len(copy_exercises(release, work)) == 1
    mine = work / "1-attention" / "1-attention.ipynb"
    mine.write_text("my answers")
    (release / "1-attention" / "1-attention.ipynb").write_text("second")
    (release / "2-more").mkdir()
    (release / "2-more" / "2-more.ipynb").write_text("new")
    assert copy_exercises(release, work) == [work / "2-more" / "2-more.ipynb"]
    assert mine.read_text() == "my answers"
