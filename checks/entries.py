"""What is seen of a single entry where a dict comes back."""

from __future__ import annotations

from typing import Any

from checks.compare import same
from checks.seen import Predicate


def entry(key: str, is_so: Predicate) -> Predicate:
    """`is_so` of an entry of a dict."""
    return lambda got, expected, *args, **kwargs: is_so(got[key], expected[key], *args, **kwargs)


def differs(got: Any, expected: Any, *args: Any, **kwargs: Any) -> bool:
    return not same(got, expected)
