"""A finding says where and what in one line."""

import pytest

from sync.findings import WHAT, Finding


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding("torn", "e", 3), f"e.ndjson line 3: {WHAT['torn']}"),
        (Finding("lost", "e", 3, 5), f"e.ndjson line 3-5: {WHAT['lost']}"),
        (Finding("ballast_freed"), f"journal: {WHAT['ballast_freed']}"),
        (Finding("newer", "e", 1, 0, "version 2"), f"e.ndjson line 1: {WHAT['newer']} (version 2)"),
        (Finding("odd", "e"), "e.ndjson: odd"),
    ],
)
def test_where_and_what(finding: Finding, said: str) -> None:
    assert str(finding) == said
