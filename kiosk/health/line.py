"""Checks of the line to the hall: known there, reachable, its certificate, the clocks."""

import re
import socket
import ssl
from datetime import timedelta
from urllib.parse import urlsplit

from kiosk.clock import is_synced
from kiosk.health.case import Case
from kiosk.health.terms import Seen, fault, note, ok, unknown
from sync.errors import HallUnreachable
from sync.hall_client import PIN, HallClient
from sync.identity import Identity

CONNECT_S = 5.0
SAID_MAX = 160
SOON = 30 * 86_400
"""Seconds before a certificate's end at which it is told."""

BORN = 2025
"""No box was set up before; a clock that says so is wrong."""


def check_known(case: Case) -> Seen:
    """The kiosk was enrolled."""
    if case.identity is None:
        return fault("unenrolled", "not set up", "尚未登记")
    who = case.identity
    return ok(
        "unenrolled",
        f"{who.hall}, window {who.window}, device {who.device}",
        f"{who.hall}，{who.window} 号窗口，设备 {who.device}",
    )


def check_revoked(case: Case) -> Seen:
    """The hall takes what this device sends."""
    if "revoked" in case.diary.raised:
        return fault("revoked", "the hall has revoked this device", "大厅已吊销本设备")
    return ok("revoked", "not revoked as far as it knows", "未见吊销")


def check_hall(case: Case) -> Seen:
    """The hall answers, and may be believed."""
    name = "hall_silent"
    if case.identity is None:
        return unknown(name, "not set up", "尚未登记")
    who = case.identity
    client = HallClient(who.address, ca=find_authority(case, who))
    try:
        client.greet()
    except HallUnreachable as error:
        said = f"{who.address}: {_say(error)}"
        return fault(name, said, said)
    finally:
        client.close()
    return ok(name, who.address, who.address)


def _say(error: Exception) -> str:
    """What the system said, without the library's own words around it."""
    words = re.findall(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return words[-1] if words else str(error)[:SAID_MAX]


def check_tls(case: Case) -> Seen:
    """The hall's certificate is good for a while."""
    name = "tls"
    if case.identity is None:
        return unknown(name, "not set up", "尚未登记")
    who = case.identity
    parts = urlsplit(who.address)
    if parts.scheme != "https":
        inside = parts.hostname in ("127.0.0.1", "::1", "localhost")
        say = ok if inside else note
        return say(name, "the line is not encrypted", "线路未加密")
    authority = find_authority(case, who)
    if authority and authority.startswith(PIN):
        return ok(name, "pinned by its fingerprint", "已按指纹绑定")
    try:
        left_s = _measure(parts.hostname or "", parts.port or 443, authority, case)
    except (OSError, ValueError) as error:
        return fault(name, " ".join(str(error).split()), " ".join(str(error).split()))
    english, chinese = f"valid for {left_s // 86_400} days", f"证书还有 {left_s // 86_400} 天到期"
    return (fault if left_s < SOON else ok)(name, english, chinese)


def find_authority(case: Case, who: Identity) -> str | None:
    """Who is believed: as the settings say, else as was said at enrolment."""
    return case.settings.hall.ca or who.ca


def _measure(host: str, port: int, authority: str | None, case: Case) -> int:
    trust = ssl.create_default_context(cafile=authority)
    with (
        socket.create_connection((host, port), CONNECT_S) as line,
        trust.wrap_socket(line, server_hostname=host) as safe,
    ):
        told = safe.getpeercert() or {}
    end = told.get("notAfter")
    if not isinstance(end, str):
        raise ValueError("the certificate has no end")
    return int(ssl.cert_time_to_seconds(end) - case.now.timestamp())


def check_clock(case: Case) -> Seen:
    """The clock may be wrong without harm to any count; people who read times want it right."""
    name = "clock"
    told = f"{case.now:%Y-%m-%d %H:%M} UTC"
    last = case.diary.newest_at
    if case.now.year < BORN:
        return fault(name, f"{told}: long ago", f"{told}：明显过早")
    if last > f"{case.now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}":
        return fault(name, f"{told}, and the journal is at {last}", f"{told}，而记录已到 {last}")
    if not is_synced():
        return note(name, f"{told}, kept by nobody", f"{told}，未与时间源同步")
    return ok(name, told, told)
