"""Which attacks are not tried on a grader that has no sandbox of its own, and why.

Such a grader runs in sandbox.py, which has to keep the machine whole and can't count
everything. And what aims at our grader's own design would be no attack on another one.
"""

from __future__ import annotations

import fnmatch

HARM = "it would harm the machine"
WRAPPED = "the benchmark's own sandbox would stop it"
OURS = "it aims at nbexaminer's own processes"

_REASONS = {
    HARM: (
        "kernel-becomes-root", "kernel-child-of-its-parent", "kernel-kills-everybody",
        "kernel-kills-its-parents", "kernel-locks-and-watches", "kernel-mount", "kernel-ptrace",
        "kernel-raises-limits", "kernel-rare-system-calls", "kernel-settings",
        "kernel-starves-the-watcher", "output-flood*", "output-endless-error", "output-many-small",
        "resources-cpu-in-processes", "resources-fills-the-disk", "resources-first-thread-ended",
        "resources-fork-bomb", "resources-hidden-memory", "resources-huge-*",
        "resources-kernel-objects", "resources-many-*", "resources-memory-*",
        "resources-open-files", "resources-outlives-its-grading", "resources-pipe-buffers",
        "resources-socket-buffers", "resources-thread-bomb", "resources-uncounted-memory",
        "structure-output-in-every-cell", "tampering-pickles",
    ),
    WRAPPED: (
        "files-change-the-sandbox", "files-open-descriptors", "files-other-process-memory",
        "files-overwrite-modules", "files-write-site-packages", "network-dns", "network-download",
        "network-ipv6", "network-other-families", "network-raw-socket",
    ),
    OURS: ("kernel-patched-learner-process", "transport-*"),
}  # fmt: skip


def reason(attack: str) -> str:
    """Why the attack of that name is not tried outside a sandbox, or nothing."""
    for text, patterns in _REASONS.items():
        if any(fnmatch.fnmatchcase(attack, pattern) for pattern in patterns):
            return text
    return ""
