"""Faults end ⇒ all is synced in bounded time; and what each answer makes the outbox do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import backoff, outbox
from sync.outbox import FIRST_LINES, MOST_LINES, SLOW_MS, Outbox, Send, Wait
from sync.wire import Place


def ends(*counts: int) -> list[Place]:
    return [Place(f"e{at}", count, f"h{at}.{count}") for at, count in enumerate(counts)]


def due(mind: Outbox, now_ms: int, *counts: int) -> Send:
    step = mind.due(now_ms, ends(*counts))
    assert isinstance(step, Send), step
    return step


class ModelHall:
    """What a hall holds of each epoch, and how it answers a batch."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}

    def answer(self, mind: Outbox, now_ms: int, sent: Send) -> int:
        """Answer; returns how many entries were taken."""
        held = self.held.get(sent.epoch, 0)
        count = min(sent.most, sent.end.seq - sent.first_seq + 1)
        last = sent.first_seq + count - 1
        if sent.first_seq > held + 1:
            mind.on_gap(now_ms, sent, held, 0.5)
            return 0
        self.held[sent.epoch] = max(held, last)
        head = Place(sent.epoch, self.held[sent.epoch], "h")
        mind.on_receipt(now_ms, sent, last, head, 0)
        return count


FAULTS = st.lists(
    st.sampled_from(["lost", "late", "busy", "refused", "restore", "ok", "ok", "fork", "large"]),
    max_size=40,
)


@settings(max_examples=300)
@given(FAULTS, st.lists(st.integers(1, 400), min_size=1, max_size=4), st.integers(0, 2**32))
def test_faults_end_then_all_is_synced(faults: list[str], counts: list[int], seed: int) -> None:
    places = ends(*counts)
    hall, mind = ModelHall(), Outbox()
    backup: dict[str, int] = {}
    now = seed % 1000
    for fault in faults:
        step = mind.due(now, places)
        if isinstance(step, Wait):
            now = step.until_ms if step.until_ms is not None else now + 1
            continue
        match fault:
            case "lost":
                mind.on_failure(now, 0.3)
            case "late":
                hall.answer(Outbox(), now, step)
                mind.on_failure(now, 0.9)
            case "busy":
                mind.on_refusal(now, "slow-down", 0.1, 2_000)
            case "refused":
                mind.on_refusal(now, "device-unknown", 0.1)
            case "fork":
                mind.on_refusal(now, "fork", 0.1, 0, places[0])
            case "large":
                mind.on_refusal(now, "too-large", 0.1)
            case "restore":
                hall.held, backup = dict(backup), dict(hall.held)
            case _:
                hall.answer(mind, now, step)
    finish(mind, hall, now, places, sum(counts))


def finish(mind: Outbox, hall: ModelHall, now: int, places: list[Place], entries: int) -> None:
    """No more faults: everything is there after a bounded number of steps and time."""
    began = now
    sends = 0
    places = [*places[:-1], Place(places[-1].epoch, places[-1].seq + 1, "more")]
    while not isinstance(step := mind.due(now, places), Wait) or step.until_ms is not None:
        if isinstance(step, Wait):
            assert step.until_ms is not None
            now = step.until_ms
            continue
        sends += 1
        assert sends < 100 + 3 * entries // FIRST_LINES
        hall.answer(mind, now, step)
    assert {place.epoch: place.seq for place in places} == hall.held
    assert now - began <= 2 * backoff.CAP_MS + SLOW_MS


def test_batches_grow_with_success_and_fall_back_after_a_failure() -> None:
    mind, hall = Outbox(), ModelHall()
    sizes = []
    for _ in range(7):
        step = due(mind, 0, 5_000)
        sizes.append(step.most)
        hall.answer(mind, 0, step)
    assert sizes == [50, 100, 200, 400, 800, MOST_LINES, MOST_LINES]
    mind.on_failure(0, 0.0)
    assert due(mind, 10**9, 5_000).most == FIRST_LINES
    mind.on_refusal(0, "too-large", 0.0)
    assert due(mind, 10**9, 5_000).most == FIRST_LINES // 2


def test_a_busy_hall_is_sent_as_much_the_next_time() -> None:
    mind, hall = Outbox(), ModelHall()
    hall.answer(mind, 0, due(mind, 0, 5000))
    grown = due(mind, 0, 5000).most
    assert grown == 2 * FIRST_LINES
    mind.on_refusal(0, "slow-down", 0.0, 1_000)
    assert due(mind, 10**9, 5000).most == grown
    mind.on_failure(10**9, 0.0)
    assert due(mind, 2 * 10**9, 5000).most == FIRST_LINES


def test_a_small_last_batch_does_not_grow_the_next() -> None:
    mind, hall = Outbox(), ModelHall()
    hall.answer(mind, 0, due(mind, 0, 3))
    assert due(mind, 0, 4).most == FIRST_LINES


def test_nothing_to_send_waits_for_an_append() -> None:
    assert Outbox().due(0, []) == Wait(None)
    assert Outbox("e0", 3).due(0, ends(3)) == Wait(None)


def test_epochs_go_oldest_first_each_with_a_question_about_the_one_before() -> None:
    mind = Outbox("e0", 3)
    step = due(mind, 0, 3, 2)
    assert (step.epoch, step.first_seq, step.most) == ("e1", 1, FIRST_LINES)
    mind.on_receipt(0, step, 2, Place("e1", 2, "h"), 0)
    step = due(mind, 0, 3, 2)
    assert (step.epoch, step.most, step.first_seq) == ("e0", 0, 4)
    mind.on_failure(0, 0.0)
    assert due(mind, 10**9, 3, 2) == step
    mind.on_receipt(0, step, 3, Place("e0", 3, "h"), 0)
    assert mind.due(0, ends(3, 2)) == Wait(None)


def talk(mind: Outbox, hall: ModelHall, places: list[Place]) -> list[tuple[str, int, bool]]:
    """What is sent until nothing is: epoch, first seq, whether it was entries."""
    said = []
    for _ in range(30):
        step = mind.due(10**9, places)
        if isinstance(step, Wait):
            break
        said.append((step.epoch, step.first_seq, step.most > 0))
        hall.answer(mind, 0, step)
    return said


def test_at_a_start_every_older_epoch_is_asked_about() -> None:
    hall = ModelHall()
    hall.held = {"e0": 3, "e1": 1, "e2": 5}
    said = talk(Outbox("e2", 5), hall, ends(3, 2, 5))
    assert said[:3] == [("e1", 3, False), ("e0", 4, False), ("e1", 2, True)]
    assert hall.held == {"e0": 3, "e1": 2, "e2": 5}


def test_a_hall_that_went_back_gets_the_epochs_it_lost_oldest_first() -> None:
    mind, hall = Outbox("e2", 4), ModelHall()
    hall.held = {"e0": 3, "e1": 2, "e2": 4}
    talk(mind, hall, ends(3, 2, 4))
    hall.held = {"e0": 1}
    said = talk(mind, hall, ends(3, 2, 5))
    assert said[:4] == [("e2", 5, True), ("e1", 3, False), ("e0", 4, False), ("e0", 2, True)]
    assert hall.held == {"e0": 3, "e1": 2, "e2": 5}
    assert mind.went_back == 3


def test_a_hall_that_went_back_twice_is_asked_again_about_what_it_got_between() -> None:
    mind, hall = Outbox("e0", 3), ModelHall()
    hall.held = {"e0": 1}
    for sent in (("e1", True), ("e0", False), ("e0", True)):
        step = due(mind, 0, 3, 5)
        assert (step.epoch, step.most > 0) == sent
        hall.answer(mind, 0, step)
    assert hall.held == {"e0": 3, "e1": 5}
    hall.held["e0"] = 1
    talk(mind, hall, ends(3, 12, 2))
    assert hall.held == {"e0": 3, "e1": 12, "e2": 2}


def test_a_fork_in_an_older_epoch_does_not_hold_up_the_ones_after_it() -> None:
    mind = Outbox("e0", 1)
    step = due(mind, 0, 3, 2)
    assert step.epoch == "e0"
    mind.on_refusal(0, "fork", 0.0, 0, Place("e0", 1, "x"), step)
    step = due(mind, 10**9, 3, 2)
    assert (step.epoch, step.first_seq) == ("e1", 1)
    mind.on_receipt(0, step, 2, Place("e1", 2, "h"), 0)
    question = due(mind, 10**9, 3, 2)
    mind.on_refusal(0, "fork", 0.0, 0, Place("e0", 1, "x"), question)
    assert mind.due(10**9, ends(3, 2)) == Wait(None)


def test_a_gap_that_moves_nothing_is_waited_out() -> None:
    mind = Outbox()
    step = due(mind, 0, 3)
    mind.on_gap(0, step, 0, 0.999)
    assert isinstance(mind.due(0, ends(3)), Wait)
    assert due(mind, backoff.CAP_MS, 3).first_seq == 1


def test_a_receipt_that_goes_back_rewinds() -> None:
    mind = Outbox("e0", 5)
    step = due(mind, 0, 9)
    mind.on_receipt(0, step, 9, Place("e0", 2, "h"), 0)
    assert due(mind, 0, 9).first_seq == 3
    assert mind.went_back == 1


def test_a_heartbeat_that_names_a_lower_head_rewinds() -> None:
    mind = Outbox("e0", 5)
    mind.on_head(Place("e9", 0, "h"))
    mind.on_head(Place("e0", 5, "h"))
    mind.on_head(Place("e0", 7, "h"))
    assert mind.due(0, ends(5)) == Wait(None)
    mind.on_head(Place("e0", 2, "h"))
    assert due(mind, 0, 5).first_seq == 3


def test_a_fork_is_flagged_and_does_not_spin() -> None:
    mind = Outbox()
    step = due(mind, 0, 3)
    mind.on_refusal(0, "fork", 0.0, 0, Place("e0", 2, "x"))
    assert mind.forked == Place("e0", 2, "x")
    assert mind.due(SLOW_MS - 1, ends(3)) == Wait(SLOW_MS)
    mind.restart("e0", 0)
    assert mind.forked is None
    assert due(mind, 0, 3) == step


@pytest.mark.parametrize("word", sorted(outbox.PATIENT))
def test_refusals_that_waiting_does_not_mend_are_tried_slowly(word: str) -> None:
    mind = Outbox()
    mind.on_refusal(0, word, 0.0)
    assert mind.refused == word
    assert mind.due(0, ends(1)) == Wait(SLOW_MS)


def test_retry_after_is_waited_at_least_and_bounded() -> None:
    mind = Outbox()
    mind.on_refusal(0, "slow-down", 0.5, 7_000)
    step = mind.due(0, ends(1))
    assert isinstance(step, Wait)
    assert step.until_ms == 7_000 + 3_500
    mind.on_refusal(0, "slow-down", 0.0, 10**12)
    assert mind.due(0, ends(1)) == Wait(outbox.ASKED_MAX_MS)
    mind.on_refusal(0, "slow-down", 0.0, -5)
    assert isinstance(mind.due(0, ends(1)), Send)


def test_the_halls_wish_for_the_next_batch_is_kept_and_bounded() -> None:
    mind = Outbox()
    mind.on_receipt(5, due(mind, 5, 9), 2, Place("e0", 2, "h"), 1_000)
    assert mind.due(5, ends(9)) == Wait(1_005)
    mind.on_receipt(5, due(mind, 2_000, 9), 3, Place("e0", 3, "h"), 10**12)
    assert mind.due(5, ends(9)) == Wait(5 + outbox.ASKED_MAX_MS)
    mind.on_receipt(5, due(mind, 10**9, 9), 4, Place("e0", 4, "h"), -1)
    assert due(mind, 5, 9).first_seq == 5


def test_an_epoch_that_was_pruned_is_passed_over() -> None:
    assert due(Outbox("gone", 7), 0, 3).first_seq == 1


@given(st.integers(0, 60), st.floats(0, 1, exclude_max=True), st.integers(0, 10**6))
def test_backoff_is_full_jitter(failures: int, fraction: float, asked: int) -> None:
    wait = backoff.wait_ms(failures, fraction, asked)
    ceiling = min(backoff.CAP_MS, backoff.BASE_MS * 2 ** min(failures, 30))
    assert asked <= wait <= asked + ceiling
    assert backoff.wait_ms(failures, 0.0, asked) == asked
    assert backoff.wait_ms(1, 0.999) > backoff.BASE_MS


def test_a_hall_that_holds_more_than_is_here_is_noticed() -> None:
    mind = Outbox("e0", 3)
    sent = due(mind, 0, 5)
    mind.on_receipt(0, sent, 5, Place("e0", 9, "h"), 0)
    assert mind.hall_ahead == Place("e0", 9, "h")
    assert mind.failures == 0
    assert isinstance(mind.due(0, ends(5)), Wait)
