"""The one configured address, `Repository` in pyproject.toml, and the links made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from course.maintenance.address import UNPUBLISHED
from course.maintenance.address import address as configured_address

BRANCH = "main"


@dataclass(frozen=True)
class Address:
    """Where the course's repository is on the web.

    Attributes:
        repository: such as ``https://github.com/someone/course``, without a slash at the end.
    """

    repository: str

    @classmethod
    def configured(cls, root: Path) -> Address:
        """The address in `root`'s pyproject.toml.

        Raises:
            ValueError: there is none.
        """
        address = configured_address(root)
        if not address.startswith("https://"):
            raise ValueError(
                f"Repository in [project.urls] of pyproject.toml is {address!r}: "
                "it must be the repository's address, such as https://github.com/who/what"
            )
        return cls(address.rstrip("/"))

    @property
    def is_published(self) -> bool:
        return self.repository != UNPUBLISHED

    def file(self, path: str, folder: bool = False) -> str:
        """A file or folder of the repository, shown on the web."""
        return f"{self.repository}/{'tree' if folder else 'blob'}/{BRANCH}/{quote(path)}"

    def launchers(self, path: str) -> list[tuple[str, str]]:
        """What opens the notebook `path`: labels and links. Colab and Binder read from GitHub."""
        label = "See it on GitHub" if self._on_github else "See the source"
        shown = (label if self.is_published else "The course is not published yet", self.file(path))
        if self._on_github is None:
            return [shown]
        project = self._on_github
        colab = f"https://colab.research.google.com/github/{project}/blob/{BRANCH}/{quote(path)}"
        # Binder has the learner's copies, without outputs, in work/ (course.learner.work).
        copy = "work/" + path.split("/", 1)[1]
        lab = f"https://mybinder.org/v2/gh/{project}/{BRANCH}?urlpath=lab/tree/{quote(copy)}"
        return [("Open in Colab", colab), ("Open in JupyterLab (on Binder)", lab), shown]

    @property
    def _on_github(self) -> str | None:
        host = "https://github.com/"
        return self.repository.removeprefix(host) if self.repository.startswith(host) else None
