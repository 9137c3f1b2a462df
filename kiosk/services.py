"""The threads beside the screen, courier, listener and desk, begun after the first paint.

They meet the main thread in the mailbox and nowhere else.
"""

import time
from collections.abc import Callable

from kiosk.clock import write_time
from kiosk.conductor import Conductor
from kiosk.counter import Counter
from kiosk.desk.bridge import MainThreadBridge
from kiosk.door import make_desk
from kiosk.herald import Herald
from kiosk.kept import load_pin, load_token
from kiosk.kit import Kit
from kiosk.mailbox import Mailbox
from kiosk.orders import Orders
from kiosk.settled import Settled
from kiosk.sound.voice import Voice
from kiosk.terms import Tell
from sync.counter import Counter as RequestCounter
from sync.courier import CourierThread
from sync.identity import COUNTER, Identity
from sync.listener import Hearing, ListenerThread

LOOK_S = 0.05
"""How often somebody who waits for the courier looks again."""


class Services:
    """Courier, listener and desk of one kiosk. Main thread only, save for the `wait_…` methods."""

    def __init__(
        self,
        kit: Kit,
        identity: Identity,
        conductor: Conductor,
        mailbox: Mailbox,
        desk: tuple[str, int],
        restart: Callable[[], None],
    ) -> None:
        clock = conductor.clock
        post = mailbox.post
        self.counter = Counter(conductor)
        self.counter.recall(conductor.journal.recent())
        self._journal = conductor.journal
        bridge = MainThreadBridge(self.counter, post)
        self._desk = make_desk(bridge, kit, identity, desk)
        settled = Settled(kit.data, identity, conductor, self._desk.let_in, post)
        settled.apply()
        self._herald = Herald(self.counter, bridge)
        sound = kit.settings.sound
        self.voice = None if sound.mode == "silent" else Voice(sound, conductor)
        self.token, self.pin = load_token(kit.data), load_pin(kit.data)
        numbers = RequestCounter(kit.data / COUNTER)
        orders = Orders(conductor, self.counter, restart)
        self._courier = CourierThread(
            conductor.journal,
            identity,
            kit.data,
            lambda: write_time(clock.wall()),
            lambda state: post(lambda: orders.hear_refusal(state.refused)),
            lambda call: post(lambda: call(clock.stamp())),
            numbers,
        )
        hearing = Hearing(
            command=lambda command: post(lambda: orders.obey(command)),
            bulletin=lambda bulletin: post(lambda: orders.witness(bulletin)),
            head=self._courier.hear_head,
            settings=settled.hear,
            refused=lambda word: post(lambda: orders.hear_refusal(word)),
        )
        self._listener = ListenerThread(
            identity, kit.data, numbers, orders.make_beat, hearing, self._courier.known
        )

    @property
    def desk_address(self) -> tuple[str, int]:
        """Where the desk listens; to be asked once it does."""
        address = self._desk.address
        assert address is not None
        return address

    def begin(self) -> None:
        """Start the threads, and the sound."""
        if self.voice is not None:
            self.voice.begin()
        self._courier.start()
        self._listener.start()
        self._desk.start()

    def nudge(self) -> None:
        """Something was appended."""
        self._courier.nudge()

    def tell(self, told: Tell) -> None:
        """An invitation's state changed."""
        self._herald.tell(told)

    def look(self) -> None:
        """Something happened at the window."""
        self._herald.look()

    def stop(self) -> None:
        """End the threads, and the sound."""
        if self.voice is not None:
            self.voice.close()
        self._desk.stop()
        self._courier.stop()
        self._listener.stop()

    def wait_ready(self, timeout_s: float) -> bool:
        """Any thread: wait until the desk listens."""
        return self._desk.wait(timeout_s)

    def wait_drained(self, timeout_s: float) -> bool:
        """Any thread: wait until the hall has given a receipt for everything."""
        give_up_s = time.monotonic() + timeout_s
        while self._journal.backlog:
            if time.monotonic() > give_up_s:
                return False
            time.sleep(LOOK_S)
        return True
