"""Checks of what must not be lost: the disk, the journal, its index, the hall's receipts."""

import os
import tempfile
from datetime import datetime, timedelta

from kiosk.health.case import Case
from kiosk.health.terms import Seen, fault, note, ok, unknown
from kiosk.vitals import LOW_BYTES
from sync.errors import HuiyinError
from sync.verify import Report, verify

WORN = 9
"""Tenths of a card's life that are used, as JEDEC eMMC 5.0 counts them; 11 is beyond its end."""

LATE = timedelta(hours=24)
OVERDUE = timedelta(days=7)
"""A kiosk works alone for seven days; entries older than a day without a receipt are told."""


def check_write(case: Case) -> Seen:
    """A file can be written and synced where the journal is."""
    name = "store_failed"
    try:
        with tempfile.NamedTemporaryFile(dir=case.data, prefix=".doctor-") as file:
            file.write(b"huiyin\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        said = f"{case.data}: {error.strerror}"
        return fault(name, said, said)
    if name in case.diary.raised:
        return fault(name, "the running kiosk cannot write", "运行中的终端无法写入")
    return ok(name, f"{case.data}", f"{case.data}")


def check_room(case: Case) -> Seen:
    """Room is left for a week at least."""
    name = "disk_low"
    try:
        disk = os.statvfs(case.data)
    except OSError as error:
        said = f"{case.data}: {error.strerror}"
        return fault(name, said, said)
    free_mb = disk.f_bavail * disk.f_frsize // 1_000_000
    english, chinese = f"{free_mb} MB free", f"剩余 {free_mb} MB"
    is_low = free_mb * 1_000_000 < LOW_BYTES
    return (fault if is_low else ok)(name, english, chinese)


def check_wear(case: Case) -> Seen:
    """How much of the card's life is used, where it says so."""
    name = "disk_worn"
    used = []
    for told in (case.root / "sys/block").glob("mmcblk*/device/life_time"):
        used += [int(tenths, 16) for tenths in told.read_text("ascii").split()]
    if not used:
        return unknown(name, "the disk does not say", "存储未提供寿命信息")
    english, chinese = f"{max(used) * 10} % of its life used", f"已用寿命约 {max(used) * 10}%"
    return (fault if max(used) >= WORN else ok)(name, english, chinese)


def check_journal(case: Case) -> list[Seen]:
    """The journal is whole, and its second copy agrees."""
    if not case.journal.is_dir():
        english, chinese = "not begun", "尚未开始"
        return [unknown("journal", english, chinese), unknown("index", english, chinese)]
    identity = case.identity
    try:
        report = verify(case.journal, identity.hall_key if identity else None)
    except (HuiyinError, OSError) as error:
        return [fault("journal", str(error), str(error)), unknown("index", "-", "-")]
    return [_judge(report), _judge_index(report)]


def _judge(report: Report) -> Seen:
    if not report.whole:
        found, more = report.findings[0], len(report.findings) - 1
        said = str(found) + (f" (+{more})" if more else "")
        return fault("journal", said, said)
    return ok(
        "journal",
        f"{report.entries} entries in {report.epochs} files",
        f"{report.epochs} 个文件共 {report.entries} 条",
    )


def _judge_index(report: Report) -> Seen:
    if report.indexed:
        return ok("index", "agrees with the files", "与文件一致")
    if report.index_wrong:
        return fault("index", report.index_wrong, report.index_wrong)
    if report.held:
        return unknown("index", "held by the running kiosk", "由运行中的终端占用")
    return unknown("index", "none; the next start makes it", "尚无；下次启动时建立")


def check_receipts(case: Case) -> Seen:
    """How old the oldest entry is that the hall has not receipted."""
    name = "receipts"
    if case.identity is None or not case.journal.is_dir():
        return unknown(name, "nothing to send yet", "尚无待上报内容")
    count, oldest = case.diary.waiting, _read_time(case.diary.oldest_at)
    if not count:
        return ok(name, "the hall has all", "大厅已全部收到")
    age = case.now - oldest if oldest else timedelta(0)
    english = f"{count} entries wait, the oldest for {age.days} d {age.seconds // 3600} h"
    chinese = f"{count} 条待上报，最早一条已等待 {age.days} 天 {age.seconds // 3600} 小时"
    if age > OVERDUE:
        return fault(name, english, chinese)
    return (note if age > LATE else ok)(name, english, chinese)


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
