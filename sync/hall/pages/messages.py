"""What the hall and the process in front of it tell each other. Knows neither."""

import msgspec
from msgspec import Struct

from sync.hall.ledger.gate import Checked, Known

Header = tuple[bytes, bytes]
Place = tuple[str, int]


class Batch(Struct, frozen=True, array_like=True, tag=0):
    """A batch that passed the gate; the answer names the same number."""

    number: int
    checked: Checked


class Call(Struct, frozen=True, array_like=True, tag=1):
    """Any other request, as ASGI's scope has it."""

    number: int
    method: str
    scheme: str
    path: str
    raw_path: bytes
    query: bytes
    headers: list[Header]
    client: Place | None
    server: Place | None
    body: bytes


class Who(Struct, frozen=True, array_like=True, tag=2):
    """Which device is this?"""

    number: int
    device: str


class Opened(Struct, frozen=True, array_like=True, tag=3):
    """Requests are taken; said at first, and to each Ping."""


class Answer(Struct, frozen=True, array_like=True, tag=0):
    """What a batch or a call is answered with."""

    number: int
    status: int
    headers: list[Header]
    body: bytes


class Found(Struct, frozen=True, array_like=True, tag=1):
    """The device, if it is one of the hall's."""

    number: int
    known: Known | None


class Changed(Struct, frozen=True, array_like=True, tag=2):
    """What was told of devices is no longer so."""


class Close(Struct, frozen=True, array_like=True, tag=3):
    """Take nothing more, finish what is begun, end."""


class Ping(Struct, frozen=True, array_like=True, tag=4):
    """Are you there?"""


Asked = Batch | Call | Who | Opened
Told = Answer | Found | Changed | Close | Ping

asked = msgspec.msgpack.Decoder(Asked)
told = msgspec.msgpack.Decoder(Told)
encode = msgspec.msgpack.Encoder().encode
