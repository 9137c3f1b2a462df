"""What of an epoch is believed: the verdict, case by case."""

import msgspec
import pytest

from sync.chain import hash_line
from sync.records import NO_HASH
from sync.recovery import Verdict, follows, read_rung, weigh
from tests.sync.test_chain import DEVICE, EPOCH, make_run

LINES = make_run(10)
HASHES = [hash_line(line) for line in LINES]
ROWS = dict(enumerate(LINES, start=1))
DAMAGED = b'{"device":"dd\x00 "prev"'


def body(*lines: bytes) -> bytes:
    return b"".join([line + b"\n" for line in lines])


def change(at: int, /, **fields: object) -> bytes:
    """A line that says something else, still JSON."""
    return msgspec.json.encode({**msgspec.json.decode(LINES[at - 1]), **fields})


def judge(data: bytes, rows: dict[int, bytes] | None = None, **more: object) -> Verdict:
    proofs = more.pop("proofs", {})
    return weigh(data, rows or {}, proofs, DEVICE, EPOCH, **more)  # type: ignore[arg-type]


def told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.lines, verdict.broken, verdict.lost, verdict.spare, verdict.chunks, verdict.torn


def test_a_whole_file_is_believed_as_it_is() -> None:
    verdict = judge(body(*LINES))
    assert told(verdict) == (LINES, False, [], [], [], b"")
    assert (verdict.base, verdict.holes, verdict.restored) == (HASHES[9], [], [])
    assert verdict.body == body(*LINES)


def test_nothing_at_all_follows_what_was_before() -> None:
    assert told(judge(b"")) == ([], False, [], [], [], b"")
    assert judge(b"").base == NO_HASH
    assert judge(b"", before="a" * 64).base == "a" * 64


def test_a_damaged_line_comes_from_the_index() -> None:
    verdict = judge(body(*LINES[:2], DAMAGED, *LINES[3:]), ROWS)
    assert told(verdict) == (LINES, False, [], [], [DAMAGED], b"")
    assert verdict.restored == [3]


def test_a_damaged_line_that_nobody_has_is_lost_and_the_rest_goes_on() -> None:
    verdict = judge(body(*LINES[:2], DAMAGED, *LINES[3:]))
    assert told(verdict) == (LINES[:2], True, [(3, 3)], LINES[3:], [DAMAGED], b"")
    assert (verdict.base, verdict.restored) == (HASHES[1], [])


@pytest.mark.parametrize(
    ("end", "count"),
    [
        ([b"x" * 300], 1),
        ([b"x" * 300, b"x" * 300], 2),
        ([b"x" * 300, DAMAGED, b"x" * 300], 2),  # the last piece may be the damaged line's own end
        ([DAMAGED + b"}", b"x" * 300], 2),
        ([b"x", b"y"], 1),
    ],
)
def test_lines_at_the_end_of_which_nothing_is_left_are_counted(
    end: list[bytes], count: int
) -> None:
    verdict = judge(body(*LINES[:6], *end))
    assert (verdict.lines, verdict.lost) == (LINES[:6], [(7, 6 + count)])


def test_lost_lines_are_told_in_spans() -> None:
    lines = [*LINES]
    lines[2] = lines[3] = lines[6] = DAMAGED
    verdict = judge(body(*lines))
    assert verdict.lost == [(3, 4), (7, 7)]
    lines[4] = DAMAGED
    assert judge(body(*lines)).lost == [(3, 7)]
    assert verdict.spare == [LINES[4], LINES[5], *LINES[7:]]


def test_a_line_that_the_hall_holds_stays_a_hole() -> None:
    data = body(*LINES[:2], b"", *LINES[3:])
    verdict = judge(data, proofs={6: HASHES[5]})
    assert told(verdict) == ([*LINES[:2], None, *LINES[3:]], False, [], [], [], b"")
    assert (verdict.holes, verdict.base, verdict.body) == ([3], HASHES[9], data)
    assert judge(data, proofs={3: HASHES[2]}).holes == [3]
    assert judge(data, proofs={2: HASHES[1]}).broken


def test_a_receipt_that_states_more_ends_the_epoch_there() -> None:
    verdict = judge(body(*LINES[:4]), proofs={6: HASHES[5]})
    assert told(verdict) == ([*LINES[:4], None, None], True, [(7, 6)], [], [], b"")
    assert verdict.base == HASHES[5]


def test_lines_that_do_not_follow_what_the_hall_signed_are_set_apart() -> None:
    verdict = judge(body(*LINES), proofs={5: "b" * 64})
    assert told(verdict) == ([*LINES[:4], None], True, [(6, 5)], LINES[5:], [LINES[4]], b"")
    assert verdict.base == "b" * 64


def test_an_altered_line_before_the_last_leaves_neither_believed() -> None:
    altered = change(9, pad="other")
    verdict = judge(body(*LINES[:8], altered, LINES[9]))
    assert told(verdict) == (LINES[:8], True, [(9, 10)], [], [altered, LINES[9]], b"")
    assert judge(body(*LINES[:9], change(10, prev="c" * 64))).lost == [(9, 10)]


def test_an_altered_line_with_a_damaged_one_above_is_believed_only_if_it_follows() -> None:
    verdict = judge(body(*LINES[:8], change(9, prev="c" * 64), DAMAGED))
    assert verdict.lines == LINES[:7]
    assert verdict.lost[0][0] == 8
    assert verdict.lost[-1][1] == 10


def test_the_index_is_believed_at_the_tail() -> None:
    forged = change(10, pad="forged")
    assert told(judge(body(*LINES[:9], forged), ROWS)) == (LINES, False, [], [], [forged], b"")


def test_a_torn_line_is_set_apart_unless_somebody_names_it() -> None:
    data = body(*LINES[:9]) + LINES[9]
    assert told(judge(data)) == (LINES[:9], False, [], [], [], LINES[9])
    assert told(judge(data, ROWS)) == (LINES, False, [], [], [], b"")
    assert judge(data, ROWS).restored == [10]
    assert told(judge(data, proofs={10: HASHES[9]})) == (LINES, False, [], [], [], b"")
    torn = change(10, prev="c" * 64)
    assert told(judge(body(*LINES[:9]) + torn)) == (LINES[:9], False, [], [], [], torn)


def test_given_lines_are_believed_only_where_their_hash_is_named() -> None:
    data = body(*LINES[:4], b"", *LINES[5:])
    assert judge(data, given=[LINES[4]]).lines == LINES
    assert judge(data, given=[change(5, pad="x")]).broken
    assert judge(body(*LINES[:9]), given=[LINES[9]]).lines == LINES[:9]


@pytest.mark.parametrize("other", [{"device": "f" * 32}, {"epoch": "f" * 32}])
def test_a_line_of_another_device_or_epoch_has_no_place(other: dict[str, object]) -> None:
    stranger = change(10, **other)
    verdict = judge(body(*LINES[:9], stranger))
    assert told(verdict) == (LINES[:9], True, [(10, 10)], [], [stranger], b"")


def test_an_epoch_that_a_later_one_closed_ends_there() -> None:
    verdict = judge(body(*LINES), closed_at=HASHES[5])
    assert told(verdict) == (LINES[:6], False, [], [], LINES[6:], b"")
    assert verdict.base == HASHES[5]
    assert judge(body(*LINES), closed_at=HASHES[5], proofs={9: HASHES[8]}).lines == LINES[:6]
    hole = judge(body(*LINES[:2], b"", *LINES[3:]), closed_at=HASHES[5], proofs={6: HASHES[5]})
    assert (hole.lines, hole.broken) == ([*LINES[:2], None, *LINES[3:6]], False)
    other = judge(body(*LINES), {6: change(6, pad="x")}, closed_at=HASHES[5])
    assert other.lines == LINES[:6]
    assert judge(body(*LINES), closed_at="d" * 64).lines == LINES


def test_damage_at_the_end_is_counted() -> None:
    assert judge(body(*LINES[:9], DAMAGED)).lost == [(10, 10)]
    assert judge(body(*LINES[:8], DAMAGED + DAMAGED)).lost == [(9, 10)]
    assert judge(body(*LINES[:9], b"half", DAMAGED)).lost == [(10, 10)]
    assert judge(body(*LINES[:9], b"no sign of a line")).lost == [(10, 10)]
    assert judge(body(*LINES[:9], DAMAGED), ROWS).lost == []
    assert judge(body(*LINES[:9], DAMAGED, DAMAGED), ROWS).lost == [(11, 11)]


def test_a_line_whose_seq_was_hit_speaks_for_no_place_that_the_index_knows_better() -> None:
    assert judge(body(*LINES[:8], change(9, seq=11), LINES[9]), ROWS).lost == []
    assert judge(body(*LINES[:8], change(9, seq=11), LINES[9])).lost == [(9, 10)]


def test_a_line_that_lost_one_of_its_names_is_still_one_line() -> None:
    hit = LINES[8].replace(b'"prev"', b'#prev"')
    assert judge(body(*LINES[:8], hit, LINES[9])).lost == [(9, 10)]
    split = LINES[9][:20], LINES[9][20:]
    assert judge(body(*LINES[:9], *split)).lost == [(10, 10)]


def test_damage_at_the_end_beside_holes_and_losses() -> None:
    verdict = judge(body(LINES[0], b"", LINES[2], DAMAGED), proofs={3: HASHES[2]})
    assert (verdict.lines, verdict.lost) == ([LINES[0], None, LINES[2]], [(4, 4)])
    verdict = judge(body(LINES[0], DAMAGED, *LINES[2:5], DAMAGED))
    assert (verdict.lost, verdict.spare) == ([(2, 2), (6, 6)], LINES[2:5])


def test_a_run_follows_or_does_not() -> None:
    assert follows(LINES, DEVICE, EPOCH) == HASHES[9]
    assert follows(LINES[3:], DEVICE, EPOCH, 4) == HASHES[9]
    assert follows([], DEVICE, EPOCH) is None
    for wrong in (
        [*LINES[:4], DAMAGED],
        [*LINES[:4], change(5, seq=6)],
        [*LINES[:4], change(5, prev="c" * 64)],
        [*LINES[:4], change(5, device="f" * 32)],
        [*LINES[:4], change(5, epoch="f" * 32)],
    ):
        assert follows(wrong, DEVICE, EPOCH) is None
    assert follows(LINES[3:], DEVICE, EPOCH) is None


def test_a_rung_is_json_in_utf8_with_a_place() -> None:
    rung = read_rung(LINES[2])
    assert rung is not None
    assert (rung.seq, rung.prev, rung.v) == (3, HASHES[1], 1)
    for line in (b"", b"{}", b"\xff", LINES[0].replace(b'"pad":""', b'"pad":"\xff"')):
        assert read_rung(line) is None
