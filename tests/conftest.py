"""Asserts in tests/support say what they compared."""

import pytest

pytest.register_assert_rewrite("support")
