"""Put the learner's copies of the exercises into work/: `python -m course.work`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def copy_exercises(release: Path = ROOT / "release", work: Path = ROOT / "work") -> list[Path]:
    """Copy what work/ does not have yet from release/; never overwrite what is there.

    Returns:
        The files that were copied.
    """
    copied = []
    for source in sorted(p for p in release.rglob("*") if p.is_file()):
        if ".ipynb_checkpoints" in source.parts:
            continue
        target = work / source.relative_to(release)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                file.write(source.read_bytes())
        except FileExistsError:
            continue
        copied.append(target)
    return copied


def main() -> None:
    """Copy, and say what was new."""
    copied = copy_exercises()
    for path in copied:
        print(f"new: {path.relative_to(ROOT)}")
    if not copied:
        print("work/ has every exercise already; nothing in it was changed.")


if __name__ == "__main__":
    main()
