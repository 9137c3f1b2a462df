"""Signed text is lines each ended by a newline, so that a shell can check it (wire.md)."""

import hashlib

from sync import wire
from sync.wire import Mark


def test_marks_are_five_lines_under_their_label() -> None:
    mark = Mark("d", "e", 7, "h", "2026-01-01T00:00:00.000Z")
    text = "huiyin/checkpoint/v1\nd\ne\n7\nh\n2026-01-01T00:00:00.000Z\n"
    assert wire.mark_text(wire.CHECKPOINT, mark) == text
    assert wire.mark_text(wire.RECEIPT, mark) == text.replace("checkpoint", "receipt")


def test_enrolments_requests_and_grants() -> None:
    assert wire.enrolment_text("ABCD2345", "key=", "at") == (
        "huiyin/enrolment/v1\nABCD2345\nkey=\nat\n"
    )
    assert wire.request_text("d", "GET", "/v1/entries?epoch=e&from=1&to=2", "00", "9") == (
        "huiyin/request/v1\nd\nGET\n/v1/entries?epoch=e&from=1&to=2\n00\n9\n"
    )
    assert wire.grant_text("h", "3", "http://a", "key=", "then", "id") == (
        "huiyin/grant/v1\nh\n3\nhttp://a\nkey=\nthen\nid\n"
    )


def test_settings_stand_with_the_hash_of_their_clerks() -> None:
    told = wire.HallSettings(
        device="d",
        counter="7",
        hall="h",
        window="3",
        time_zone="Z",
        echo_url="http://a",
        clerks="c",
    )
    clerks = hashlib.sha256(b"c").hexdigest()
    assert wire.settings_text(told) == (f"huiyin/settings/v1\nd\n7\nh\n3\nZ\nhttp://a\n{clerks}\n")
