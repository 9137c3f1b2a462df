"""A report from counts: every field, every rate, readable in both languages."""

from sync.hall.figures.reports import make_report, write_text

COUNTS = {
    "invitations": 10,
    "level:5:three": 4,
    "level:2:three": 2,
    "level:3:five": 1,
    "level:1:five": 0,
    "paired:rated": 6,
    "paired:not_rated": 2,
    "not_rated": 3,
    "paired:interrupted": 1,
    "interrupted": 1,
    "not_asked": 3,
    "walk_ups": 1,
    "reason:207": 2,
    "reason:with:colon": 1,
}


def test_every_count_and_rate() -> None:
    report = make_report(COUNTS, 4, "2026-03-02T10:00:00.000Z")
    assert report["ratings"] == 7
    assert report["by_level"] == {"5": 4, "4": 0, "3": 1, "2": 2, "1": 0}
    assert report["by_scale"] == {"three": {"5": 4, "2": 2}, "five": {"3": 1}}
    assert report["reasons"] == {"207": 2, "with:colon": 1}
    assert report["rating_rate"] == 6 / 12
    assert report["satisfaction_rate"] == 5 / 7
    assert (report["not_rated"], report["not_asked"], report["walk_ups"]) == (3, 3, 1)
    assert (report["windows"], report["as_of"]) == (4, "2026-03-02T10:00:00.000Z")


def test_an_empty_report_has_no_rates() -> None:
    report = make_report({}, 0, "")
    assert report["by_level"] == {"5": 0, "4": 0, "3": 0, "2": 0, "1": 0}
    for name in ("rating_rate", "satisfaction_rate", "bad_rate", "score", "satisfaction_interval"):
        assert report[name] is None
    assert "–" in write_text(report, "en", "T")


def test_columns_line_up_in_both_languages() -> None:
    report = make_report(COUNTS, 4, "now")
    for language, word in (("zh", "满意率"), ("en", "satisfaction")):
        text = write_text(report, language, "T")
        assert word in text
        assert "71.43 %" in text
        assert "207" in text
        assert "95 %" in text
