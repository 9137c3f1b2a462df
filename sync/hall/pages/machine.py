"""The routes of devices: enrolment, batches, heartbeats, settings, lines given back; health and
metrics.
"""

import asyncio
import hashlib
from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import Parameter

from sync.hall.ledger import contact, errands, gate, moment, roster
from sync.hall.ledger.gate import Known
from sync.hall.ledger.store import Connection
from sync.hall.ledger.tally import Tally
from sync.hall.pages import schema
from sync.hall.pages.body import AnyRequest, answer_json, decode, read_body
from sync.hall.pages.hall import Hall
from sync.hall.pages.journal import PATH, Journal
from sync.hall.pages.reading import SMALL_MAX
from sync.hall.refusal import Refused
from sync.records import SEQ_MAX
from sync.wire import (
    MEDIA_TYPE,
    SETTINGS,
    BatchAnswer,
    EnrolmentAnswer,
    EnrolmentRequest,
    HallSettings,
    Heartbeat,
    HeartbeatAnswer,
)

WAIT_MAX_S = 25.0
"""How long a heartbeat's answer is held at most."""

METRICS_TYPE = "text/plain; version=0.0.4"
SIGNED = "Signed by the device: Huiyin-Device, Huiyin-Counter, Huiyin-Signature."


@post(
    PATH,
    status_code=200,
    summary="Send a batch of entries",
    operation_class=schema.Batch,
    responses=schema.answers(BatchAnswer) | schema.problems(401, 403, 409, 413, 415, 422, 503),
)
async def take_batch(request: AnyRequest, hall: Hall) -> Response[bytes]:
    """Take a batch; the answer is a receipt once everything is durable."""

    # By this path to the letter the process in front has it; here come others that mean the same.
    async def check(body: bytes, media: str, encoding: str) -> gate.Checked:
        return gate.check(body, media, encoding, hall.intake.roster.find)

    headers = request.scope["headers"]
    return answer_json(await Journal(check).take(headers, request.stream(), hall.take))


@post(
    "/v1/enrolments",
    status_code=201,
    summary="Enrol a device by a code or a grant",
    operation_class=schema.Enrolment,
    responses=schema.answers(EnrolmentAnswer, 201)
    | schema.problems(401, 403, 410, 413, 422, 429, 503),
)
async def enrol(request: AnyRequest, hall: Hall) -> Response[bytes]:
    """Make a device known; asked again with the same code and key, the answer is the same."""
    address = request.client.host if request.client else ""
    now = hall.clock()
    hall.tries.check(address, now)
    asked = decode(await read_body(request, SMALL_MAX), EnrolmentRequest)
    try:
        answer = await hall.do(partial(_enrol, hall, asked, now))
    except Refused as refused:
        if refused.word == "code-wrong":
            hall.tries.add(address, now)
        raise
    assert isinstance(answer, EnrolmentAnswer)
    return answer_json(answer, 201)


def _enrol(
    hall: Hall, asked: EnrolmentRequest, now: int, connection: Connection, _tally: Tally
) -> EnrolmentAnswer:
    if isinstance(asked.code, str):
        number, name, window = roster.enrol_by_code(connection, asked, asked.code, now)
    elif isinstance(asked.grant, dict):
        number, name, window = roster.enrol_by_grant(connection, asked, asked.grant, hall.key, now)
    else:
        raise Refused(422, "malformed", "an enrolment needs a code or a grant")
    settings = hall.settings_for(name, window)
    return roster.answer(connection, number, name, window, hall.key.public, settings)


async def _authenticate(
    request: AnyRequest, hall: Hall, method: str, body: bytes
) -> tuple[Known, int]:
    """The device that signed the request, and the counter it must use up."""
    scope = request.scope
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1").split("?")[0] + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    digest = hashlib.sha256(body).hexdigest()
    return contact.check_request(hall.intake.roster.find, headers, method, target, digest)


@post(
    "/v1/heartbeats",
    status_code=200,
    summary="Tell how the kiosk is; wait for commands",
    description=SIGNED,
    operation_class=schema.Beat,
    responses=schema.answers(HeartbeatAnswer) | schema.problems(401, 403, 409, 413, 422, 503),
)
async def beat(request: AnyRequest, hall: Hall) -> Response[bytes]:
    """Take a heartbeat; its answer is held up to `wait_s` until there is a command."""
    body = await read_body(request, SMALL_MAX)
    device, counter = await _authenticate(request, hall, "POST", body)
    told = decode(body, Heartbeat)
    now = hall.clock()
    await hall.do(partial(_note_beat, device, counter, told, now))
    hall.seen[device.device] = (now, told)
    commands = await _wait_for_commands(hall, device, told.wait_s)
    with hall.store.read() as connection:
        head = contact.find_head(connection, device, told.head.epoch) if told.head else None
        version = hall.settings_version(connection, device)
    answer = HeartbeatAnswer(
        moment.write(hall.clock()),
        head,
        version,
        hall.bulletin,
        commands,
    )
    return answer_json(answer)


def _note_beat(
    device: Known, counter: int, told: Heartbeat, now: int, connection: Connection, tally: Tally
) -> None:
    contact.raise_counter(connection, device, counter)
    contact.note_contact(connection, device, told, now)
    offset = contact.find_offset(told, now)
    if offset is not None:
        tally.see(device.id, told.boot, offset)


async def _wait_for_commands(hall: Hall, device: Known, wait_s: float) -> list[dict[str, Any]]:
    """Commands for the device, as soon as there is a new one, at the latest after the wait."""
    ends = hall.monotonic() + min(max(wait_s, 0.0), WAIT_MAX_S)
    bell = hall.ring_for(device.device)
    while True:
        bell.clear()
        with hall.store.read() as connection:
            fresh = errands.has_commands(connection, device.id, hall.clock())
        left = ends - hall.monotonic()
        if fresh or left <= 0 or hall.stopping:
            break
        try:
            await asyncio.wait_for(bell.wait(), left)
        except TimeoutError:
            break
    with hall.store.read() as connection:
        waiting = connection.exec_driver_sql(
            "SELECT count(*) FROM commands WHERE device = ?", (device.id,)
        ).scalar_one()
    if not waiting:
        return []
    now = hall.clock()
    given = await hall.do(lambda connection, _: errands.take_commands(connection, device.id, now))
    assert isinstance(given, list)
    return given


@get(
    "/v1/settings",
    summary="The settings of the window a device stands at",
    description=f"{SIGNED} The answer is signed by the hall for this counter: {SETTINGS} and then"
    " device, counter, hall, window, time_zone, echo_url, SHA-256 of clerks in hex, a line each.",
    operation_class=schema.Signed,
    responses=schema.answers(HallSettings) | schema.problems(401, 403, 409, 413, 503),
)
async def give_settings(request: AnyRequest, hall: Hall) -> Response[bytes]:
    """The settings, signed for this request."""
    device, counter = await _authenticate(request, hall, "GET", await read_body(request, SMALL_MAX))
    await hall.do(lambda connection, _: contact.raise_counter(connection, device, counter))
    with hall.store.read() as connection:
        return answer_json(hall.sign_settings(connection, device, counter))


@get(
    "/v1/entries",
    summary="A device's own lines back, verbatim",
    description=SIGNED,
    media_type=MEDIA_TYPE,
    operation_class=schema.Signed,
    responses=schema.problems(401, 403, 404, 409, 413, 422, 503),
)
async def give_entries(
    request: AnyRequest,
    hall: Hall,
    epoch: Annotated[str, Parameter(query="epoch")],
    first: Annotated[int, Parameter(query="from", ge=1, le=SEQ_MAX)],
    last: Annotated[int, Parameter(query="to", ge=1, le=SEQ_MAX)],
) -> Response[bytes]:
    """The lines, both ends included; at most a few MiB at a time."""
    device, counter = await _authenticate(request, hall, "GET", await read_body(request, SMALL_MAX))
    await hall.do(lambda connection, _: contact.raise_counter(connection, device, counter))
    with hall.store.read() as connection:
        lines = contact.give_back(connection, device, epoch, first, last)
    return Response(lines, media_type=MEDIA_TYPE)


@get(
    "/healthz",
    summary="Whether batches are taken",
    responses=schema.answers(dict[str, str]) | schema.problems(503),
)
async def tell_health(hall: Hall) -> Response[bytes]:
    """200 only while batches are taken."""
    why = hall.find_trouble()
    if why is not None:
        raise Refused(503, "slow-down", why, retry_after_s=5)
    return answer_json({"status": "ok"})


@get("/metrics", summary="Figures for Prometheus", media_type=METRICS_TYPE)
async def tell_metrics(hall: Hall) -> Response[str]:
    """Text as Prometheus reads it."""
    lines = [f"huiyin_hall_{name} {value}\n" for name, value in hall.measure().items()]
    return Response("".join(lines), media_type=METRICS_TYPE)


ROUTES = [take_batch, enrol, beat, give_settings, give_entries, tell_health, tell_metrics]
