"""The learning platforms that are known: each module in this folder has one.

Whoever puts a module beside these, with a class of `Platform` in it, has added a platform. Its name
there is what `--platform` and `c.Collector.platform` take.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from nbexaminer.lms.platform import Platform

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


def _files(kind_of: Callable[[type[Platform]], str]) -> str:
    """Kinds of files with the platforms that have them; kind_of: a platform's, or empty."""
    owners: dict[str, list[str]] = {}
    for platform in PLATFORMS.values():
        if kind := kind_of(platform):
            owners.setdefault(kind, []).append(f"{platform.title}'s")
    return ", or ".join(f"{any_of(names)} {kind}" for kind, names in owners.items())


# For a sentence: all platforms, those that take feedback back, the files that take scores, and
# those that tell more of a download.
TITLES = any_of(kind.title for kind in PLATFORMS.values())
TAKERS = any_of(kind.title for kind in PLATFORMS.values() if kind.takes_back)
EXPORTS = _files(lambda platform: platform.export.kind if platform.export else "")
WORKSHEETS = _files(lambda platform: platform.worksheet)
LISTINGS = {platform.listing for platform in PLATFORMS.values()} - {""}
