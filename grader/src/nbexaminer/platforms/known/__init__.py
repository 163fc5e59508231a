"""The learning platforms that are known: each module in this folder has one.

Whoever puts a module beside these, with a class of `Platform` in it, has added a platform. Its name
there is what `--platform` and `c.Collector.platform` take.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from nbexaminer.platforms.platform import Platform

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

PLATFORMS: dict[str, type[Platform]] = {
    kind.__module__.rpartition(".")[2]: kind
    for kind in sorted(
        Platform.__subclasses__(), key=lambda kind: (not kind.takes_back, kind.title)
    )
}
"""By their modules' names; those that take feedback back come first."""


def any_of(texts: Iterable[str]) -> str:
    """Texts as a sentence has them: A, B or C."""
    *first, last = texts
    return f"{', '.join(first)} or {last}" if first else last


def titles() -> str:
    """All platforms' names for a sentence."""
    return any_of(kind.title for kind in PLATFORMS.values())


def takers() -> str:
    """The names of those that take feedback back, for a sentence."""
    return any_of(kind.title for kind in PLATFORMS.values() if kind.takes_back)


def whose_files(kind_of: Callable[[type[Platform]], str]) -> str:
    """Kinds of files for a sentence, with the platforms that have them.

    kind_of: what a platform calls its file, or empty where it has none.
    """
    owners: dict[str, list[str]] = {}
    for platform in PLATFORMS.values():
        if kind := kind_of(platform):
            owners.setdefault(kind, []).append(f"{platform.title}'s")
    return ", or ".join(f"{any_of(names)} {kind}" for kind, names in owners.items())


def exports() -> str:
    """The files that take scores, for a sentence."""
    return whose_files(lambda platform: platform.export.kind if platform.export else "")


def worksheets() -> str:
    """The files that tell more of a download, for a sentence."""
    return whose_files(lambda platform: platform.worksheet)
