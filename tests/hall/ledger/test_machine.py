"""A hall under any sequence of batches, restarts, restores and replays, against a model
(hypothesis).

The model is what the wire promises: what was receipted is held, verbatim and once; an identical re-
send succeeds; a fork is kept aside; counts are a function of the lines.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.hall.ledger.audit import audit
from sync.hall.ledger.backup import back_up, restore
from sync.hall.refusal import Refused
from sync.wire import BatchAnswer
from tests.hall.kit import Chain, TestHall, make_key, sha, sign

KEYS = [make_key(seed) for seed in (1, 2)]


class HallMachine(RuleBasedStateMachine):
    """Two kiosks, one hall."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="hall-machine-"))
        self.hall = TestHall(self.place / "hall")
        self.hall.know(*KEYS)
        self.chains = [Chain(key).open() for key in KEYS]
        self.old: list[Chain] = []
        self.receipted = {chain.epoch: 0 for chain in self.chains}
        self.sent: list[bytes] = []
        self.forked = False
        self.backups = 0

    def teardown(self) -> None:
        if hasattr(self, "hall"):
            self.hall.close()
            shutil.rmtree(self.place)

    @rule(which=st.integers(0, 1), project=st.integers(0, 3), level=st.integers(1, 5))
    def visit(self, which: int, project: int, level: int) -> None:
        self.chains[which].visit(f"P{project}", level)

    @rule(which=st.integers(0, 1), back=st.integers(0, 12), count=st.integers(1, 12))
    def send(self, which: int, back: int, count: int) -> None:
        chain = self.chains[which]
        first = max(1, self.receipted[chain.epoch] + 1 - back)
        last = min(len(chain.lines), first + count - 1)
        if first <= last:
            self._send(chain.body(first, last), chain, first)

    def _send(self, body: bytes, chain: Chain, first: int) -> None:
        (answer,) = self.hall.take(body)
        assert isinstance(answer, BatchAnswer), answer
        assert answer.receipt.seq >= self.receipted[chain.epoch]
        assert answer.receipt.hash == sha(chain.lines[answer.receipt.seq - 1])
        self.receipted[chain.epoch] = answer.receipt.seq
        self.sent.append(body)

    @rule(which=st.integers(0, 1), skip=st.integers(1, 5))
    def send_with_a_gap(self, which: int, skip: int) -> None:
        chain = self.chains[which]
        first = self.receipted[chain.epoch] + 1 + skip
        if first <= len(chain.lines):
            refused = self.hall.refuse(chain.body(first))
            assert refused.word == "gap"
            assert refused.head is not None
            assert refused.head.seq == self.receipted[chain.epoch]

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        body = data.draw(st.sampled_from(self.sent))
        before = self.hall.derived()
        answers = self.hall.take(*[body] * data.draw(st.integers(1, 4)))
        assert all(isinstance(answer, BatchAnswer) and answer.accepted == 0 for answer in answers)
        assert self.hall.derived() == before

    @rule(which=st.integers(0, 1), after=st.integers(1, 30))
    def fork(self, which: int, after: int) -> None:
        chain = self.chains[which]
        held = self.receipted[chain.epoch]
        if after >= held:
            return
        other = Chain(chain.key, chain.epoch)
        other.lines = chain.lines[:after]
        other.visit("FORK", 1)
        before = self.hall.derived()
        assert self.hall.refuse(other.body(after + 1)).word == "fork"
        assert self.hall.derived() == before
        self.forked = True

    @rule(which=st.integers(0, 1))
    def begin_a_new_epoch(self, which: int) -> None:
        chain = self.chains[which]
        if self.receipted[chain.epoch] < len(chain.lines):
            self._send(chain.body(self.receipted[chain.epoch] + 1), chain, 1)
        later = Chain(chain.key, prev=sha(chain.lines[-1]), start=chain.start + 10**6).open()
        self.old.append(chain)
        self.chains[which] = later
        self.receipted[later.epoch] = 0

    @rule(which=st.integers(0, 1), wrong=st.integers(0, 1))
    def send_signed_by_another(self, which: int, wrong: int) -> None:
        chain = self.chains[which]
        if which != wrong:
            body = sign(KEYS[wrong], chain.mark(), chain.lines)
            assert self.hall.refuse(body).word == "signature"

    @rule()
    def start_again(self) -> None:
        self.hall.restart()

    @rule(shift=st.sampled_from([-(10**12), -1, 10**3, 10**12]))
    def set_the_halls_clock(self, shift: int) -> None:
        self.hall.now += shift

    @precondition(lambda self: self.backups < 2)
    @rule(which=st.integers(0, 1))
    def restore_an_older_backup(self, which: int) -> None:
        self.backups += 1
        to = self.place / f"backup-{self.backups}"
        back_up(self.hall.folder, to)
        held = self.hall.counts()
        chain = self.chains[which]
        chain.visit("P9")
        self._send(chain.body(self.receipted[chain.epoch] + 1), chain, 1)
        after = self.hall.counts()
        self.hall.close()
        restore(self.hall.folder, to, self.backups)
        self.hall.open()
        assert self.hall.counts() == held
        answer = self.hall.take(chain.body(len(chain.lines)))[0]
        assert isinstance(answer, Refused)
        assert answer.head is not None
        self._resend(chain, answer.head.seq)
        assert self.hall.counts() == after

    def _resend(self, chain: Chain, head: int) -> None:
        (answer,) = self.hall.take(chain.body(head + 1))
        assert isinstance(answer, BatchAnswer)
        assert answer.receipt.seq == len(chain.lines)

    @invariant()
    def rows_are_exactly_what_was_receipted(self) -> None:
        if not hasattr(self, "hall"):
            return
        for chain in [*self.chains, *self.old]:
            held = self.hall.rows(
                "SELECT e.line FROM entries e JOIN streams s ON s.id = e.stream WHERE s.epoch = ?"
                " ORDER BY e.seq",
                chain.epoch,
            )
            assert [row[0] for row in held] == chain.lines[: self.receipted[chain.epoch]]

    @rule()
    def audit_and_count_again(self) -> None:
        kinds = {one.kind for one in audit(self.hall.folder).findings}
        assert kinds == ({"fork"} if self.forked else set())
        self.hall.recount()


TestHallMachine = HallMachine.TestCase
TestHallMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
