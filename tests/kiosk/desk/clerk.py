"""A clerk who watches everything there is to watch at the window and the desk, over real visits.

The conductor, journal and desk are the real ones; time is skipped, so page lengths are exact.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from kiosk.clock import SkippedClock
from kiosk.conductor import Conductor, Outlets
from kiosk.counter import Counter
from kiosk.desk.bridge import MainThreadBridge
from kiosk.desk.desk import Desk
from kiosk.desk.window import EventName
from kiosk.herald import Herald
from kiosk.picture import Facts
from kiosk.screen.tags import load_tags
from kiosk.screen.view import View
from kiosk.terms import Pressed, Rules, Tell, Visit
from sync.journal import open_journal
from tests.kiosk.desk.counter import MainThread

DEVICE = "d" * 32
LEVELS = {"1": 5, "2": 4, "3": 2}
KEYS = (("1", "very_satisfied"), ("2", "satisfied"), ("3", "dissatisfied"))
TOKEN = "token"


class Manner(NamedTuple):
    """How somebody answers, whatever they answer: pauses in ms, and what they do about reasons."""

    before_ms: int
    changes: int
    between_ms: int
    reasons: tuple[str, ...]
    next_comes_ms: int | None


def draw_manner(dice: random.Random) -> Manner:
    """Somebody at random; nothing here knows the answer."""
    return Manner(
        before_ms=dice.randrange(500, 20_000),
        changes=dice.choice((0, 0, 0, 1, 2)),
        between_ms=dice.randrange(100, 2_500),
        reasons=tuple(dice.choices(("1", "2", "3"), k=dice.randrange(4))),
        next_comes_ms=dice.choice((None, None, 1_000, 4_000)),
    )


class Seen(NamedTuple):
    """All of one visit: what cannot differ by chance, and how long answers took."""

    exact: tuple[Any, ...]
    took_s: tuple[float, ...]


class Window:
    """One window with its desk. `leak` may spoil it: told (the spot, the level last chosen)."""

    def __init__(self, folder: Path, leak: Callable[["Window", str], None] | None = None) -> None:
        self.clock = SkippedClock()
        self.now_ms = 0
        self.leak = leak
        self.level = 0
        self._counts: dict[str, int] = {}
        self.seen: list[Any] = []
        self.main = MainThread()
        self.clock.mono_ms = lambda: self.now_ms  # type: ignore[method-assign]
        self.journal = open_journal(folder, DEVICE, self.clock.stamp())
        self.journal.open_index(self.clock.stamp())
        tags = {level: tuple(tag[0] for tag in rows) for level, rows in load_tags().items()}
        outlets = Outlets(self._show, self._signal, self._tell, lambda: self.herald.look())
        self.conductor = Conductor(
            Visit(Rules(hall="main", window="3", tags=tags)),
            self.journal,
            self.clock,
            Facts(device=DEVICE, hall="main", window="3", keys=KEYS),
            outlets,
        )
        self.counter = Counter(self.conductor)
        self.bridge = MainThreadBridge(self.counter, self.main.post)
        self.bridge.subscribe(self._hear)
        self.herald = Herald(self.counter, self.bridge)
        self.desk = Desk(self.bridge, "127.0.0.1", 0, TOKEN)
        self.main.do(lambda: self.conductor.start({"software": "0"}))
        self.desk.start()
        assert self.desk.wait(30)
        assert self.desk.address is not None
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.desk.address[1]}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
        )
        self._number = 0

    def close(self) -> None:
        self.client.close()
        self.desk.stop()
        self.main.stop()
        self.journal.close()

    def serve(self, key: str, manner: Manner) -> Seen:
        """One visit that ends with `key`, watched from the invitation to the next one's coming."""
        self._number += 1
        before = self.client.get("/v1/status").json()
        self._counts = {name: before[name] for name in ("asked", "answered")}
        body = {"project_no": f"P{self._number:06}", "service_no": "1"}
        id_ = self.client.post("/v1/invitations", json=body).json()["invitation"]
        self._pass(manner.before_ms)
        keys = [key]
        while len(keys) <= manner.changes:
            keys.insert(0, {"1": "2", "2": "3", "3": "1"}[keys[0]])
        self.seen.clear()
        began_ms, took = self.now_ms, []
        for n, one in enumerate(keys):
            if n:
                self._pass(manner.between_ms)
            self._press(one)
            took += [self._look(f"/v1/invitations/{id_}"), self._look("/v1/status")]
        self._pass_deadline()
        took += [self._look(f"/v1/invitations/{id_}"), self._look("/v1/status")]
        for one in manner.reasons:
            self._pass(600)
            self.main.do(lambda one=one: self.conductor.handle(Pressed(one, LEVELS[one])))
        took.append(self._look("/v1/status"))
        if manner.next_comes_ms is not None:
            self._pass(manner.next_comes_ms)
        else:
            while self.conductor.visit.state != "free":
                self._pass_deadline()
        took.append(self._look("/v1/status"))
        exact = tuple(_mask(row, id_, began_ms) for row in self.seen)
        return Seen(exact, tuple(took))

    def _press(self, key: str) -> None:
        self.level = LEVELS[key]
        self.main.do(lambda: self.conductor.handle(Pressed(key, self.level)))

    def _pass(self, wait_ms: int) -> None:
        """Let time go by, stopping at each deadline on the way as a timer would."""
        until_ms = self.now_ms + wait_ms
        while True:
            due_ms = self.conductor.wake_at_ms
            if due_ms is None or due_ms > until_ms:
                break
            self.now_ms = max(self.now_ms, due_ms)
            self.main.do(self.conductor.tick)
        self.now_ms = until_ms

    def _pass_deadline(self) -> None:
        due_ms = self.conductor.visit.until_ms
        if due_ms is not None:
            self._pass(due_ms - self.now_ms)

    def _look(self, path: str) -> float:
        began_s = time.perf_counter()
        answer = self.client.get(path)
        took_s = time.perf_counter() - began_s
        body = self._count_from_here(answer.json())
        headers = tuple(sorted(name for name in answer.headers if name != "content-length"))
        self.seen.append(("answer", self.now_ms, answer.status_code, str(body), headers))
        return took_s

    def _count_from_here(self, body: dict[str, Any]) -> dict[str, Any]:
        """Today's counts rise with every visit; by how much is what can be seen of one."""
        return {
            name: value - self._counts[name] if name in self._counts else value
            for name, value in body.items()
        }

    # Outlets.

    def _show(self, view: View) -> None:
        self.seen.append(("page", self.now_ms, view.page, view.seconds_left))

    def _signal(self, word: str) -> None:
        self._spoil("signal")
        self.seen.append(("signal", self.now_ms, word))

    def _tell(self, told: Tell) -> None:
        self._spoil("tell")
        self.herald.tell(told)

    def _hear(self, name: EventName, body: dict[str, Any]) -> None:
        self.seen.append(("event", self.now_ms, name, str(self._count_from_here(body))))

    def _spoil(self, spot: str) -> None:
        if self.leak is not None:
            self.leak(self, spot)


def _mask(row: tuple[Any, ...], id_: str, began_ms: int) -> tuple[Any, ...]:
    """A row with the visit's own id taken out, and time counted from its first press."""
    plain = tuple(part.replace(id_, "ID") if isinstance(part, str) else part for part in row)
    return (plain[0], plain[1] - began_ms, *plain[2:])


def measure_auc(visits: list[tuple[Seen, Manner, bool]]) -> float:
    """How well a clerk tells bad visits from others: area under the curve, on visits unseen.

    Two halves learn from each other: every row, gap and shape votes by how often it came with a
    bad one, and the time that answers took by which side of the middle it is on.
    """
    scores: list[tuple[float, bool]] = []
    halves = visits[::2], visits[1::2]
    for known, unseen in (halves, halves[::-1]):
        learnt = _learn(known)
        scores += [(_score(seen, learnt), bad) for seen, _, bad in unseen]
    return _area(scores)


class Learnt(NamedTuple):
    rows: dict[Any, tuple[int, int]]
    slower: tuple[tuple[float, float], ...]
    share: float


def _features(seen: Seen) -> list[Any]:
    """Rows without their time; the gaps between neighbours; the whole shape."""
    shapes = [(row[0], *row[2:]) for row in seen.exact]
    gaps = [
        (before[0], before[2], after[0], after[2], after[1] - before[1])
        for before, after in zip(seen.exact, seen.exact[1:], strict=False)
    ]
    return [*shapes, *gaps, ("length", len(seen.exact)), ("shape", tuple(shapes))]


def _learn(known: list[tuple[Seen, Manner, bool]]) -> Learnt:
    rows: dict[Any, tuple[int, int]] = {}
    for seen, _, bad in known:
        for feature in set(_features(seen)):
            n, hits = rows.get(feature, (0, 0))
            rows[feature] = (n + 1, hits + bad)
    share = sum(bad for _, _, bad in known) / len(known)
    bads = [_typical(seen) for seen, _, bad in known if bad]
    others = [_typical(seen) for seen, _, bad in known if not bad]
    middle = (_median(bads), _median(others))
    return Learnt(rows, (middle,), share)


def _score(seen: Seen, learnt: Learnt) -> float:
    """The strongest hint either way, seldom rows weighing little, plus the time taken."""
    total = 0.0
    for feature in set(_features(seen)):
        n, hits = learnt.rows.get(feature, (0, 0))
        rate = (hits + 20 * learnt.share) / (n + 20)
        total += rate - learnt.share
    slow_bad, slow_other = learnt.slower[0]
    direction = 1 if slow_bad > slow_other else -1
    spread = max(abs(slow_bad - slow_other), slow_other / 50)
    lean = max(-1.0, min(1.0, direction * (_typical(seen) - (slow_bad + slow_other) / 2) / spread))
    weight = min(1.0, abs(slow_bad - slow_other) / slow_other)
    return total + weight * lean


def _typical(seen: Seen) -> float:
    return _median(list(seen.took_s))


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _area(scores: list[tuple[float, bool]]) -> float:
    """Area under the ROC curve: how often a bad one scores higher than another; ties half."""
    ranked = sorted(scores, key=lambda pair: pair[0])
    below = ties = 0.0
    others = sum(not bad for _, bad in ranked)
    passed, at = 0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        bads = sum(bad for _, bad in ranked[at:end])
        rest = end - at - bads
        below += bads * passed
        ties += bads * rest
        passed += rest
        at = end
    return (below + ties / 2) / (others * (len(ranked) - others))
