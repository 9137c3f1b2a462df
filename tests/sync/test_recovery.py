"""An epoch that was closed by the next one ends there: what stands after it was carried over."""

from sync.chain import hash_line
from sync.draft import encode_line, make_entry
from sync.records import NO_HASH, Draft, Stray
from sync.recovery import weigh
from tests.sync.kit import STAMP

DEVICE, EPOCH = "d" * 32, "e" * 32


def make_lines(count: int) -> list[bytes]:
    lines: list[bytes] = []
    for seq in range(1, count + 1):
        prev = hash_line(lines[-1]) if lines else NO_HASH
        draft = Draft(Stray, {"key": "1", "why": "uninvited"})
        lines.append(encode_line(make_entry(draft, STAMP, DEVICE, EPOCH, seq, prev)))
    return lines


def test_what_stands_after_the_closing_line_is_set_aside() -> None:
    lines = make_lines(5)
    data = b"".join([line + b"\n" for line in lines])
    proofs = {5: hash_line(lines[4])}
    verdict = weigh(data, {}, proofs, DEVICE, EPOCH, closed_at=hash_line(lines[2]))
    assert verdict.lines == lines[:3]
    assert verdict.chunks == lines[3:]
    assert not verdict.broken
