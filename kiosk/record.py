"""`huiyin-kiosk journal …`: the kiosk's own record, checked and shown, changing nothing."""

import argparse
import json
import signal
from pathlib import Path

from kiosk.tongue import choose
from sync.identity import load_identity
from sync.verify import Report, show, verify

JOURNAL = "journal"


def verify_journal(args: argparse.Namespace) -> int:
    """0 if the journal is whole, else 1 and what is wrong and where, a line each."""
    identity = load_identity(args.data)
    report = verify(args.data / JOURNAL, identity.hall_key if identity else None)
    if args.json:
        print(json.dumps(_describe(report), ensure_ascii=False))
    else:
        for finding in report.findings:
            print(finding)
        print(_summary(report))
    return 0 if report.whole else 1


def _describe(report: Report) -> dict[str, object]:
    findings = [
        {
            "what": finding.what,
            "epoch": finding.epoch,
            "first": finding.first,
            "last": finding.last or finding.first,
            "said": str(finding),
        }
        for finding in report.findings
    ]
    return {
        "whole": report.whole,
        "epochs": report.epochs,
        "entries": report.entries,
        "unproven": report.unproven,
        "findings": findings,
    }


def _summary(report: Report) -> str:
    found = len(report.findings)
    state = choose(f"{found} findings", f"{found} 处问题")
    if report.whole:
        state = choose("whole", "完整")
    counts = choose(
        f"{report.entries} entries in {report.epochs} files, {report.unproven} not yet proven",
        f"{report.epochs} 个文件共 {report.entries} 条,其中 {report.unproven} 条尚无旁证",
    )
    return f"{state}: {counts}"


def show_journal(args: argparse.Namespace) -> int:
    """Print every entry, oldest first; with `--json` the lines as they stand in the files."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    folder: Path = args.data / JOURNAL
    if not folder.is_dir():
        raise FileNotFoundError(2, "no journal here", str(folder))
    for place, entry, line in show(folder):
        if args.json:
            print(line.decode("utf-8", "replace"))
        elif entry is None:
            print(f"{place.epoch[:8]} {place.seq:>6}  {line[:80].decode('utf-8', 'replace')}")
        else:
            kind = entry.__struct_config__.tag
            print(f"{place.epoch[:8]} {place.seq:>6}  {entry.at}  {kind:<11} {_say(line)}")
    return 0


def _say(line: bytes) -> str:
    """The kind's own fields, without those every entry has."""
    common = {"v", "device", "epoch", "seq", "prev", "kind", "at", "boot", "mono_ms", "clock"}
    fields = json.loads(line)
    own = {name: value for name, value in fields.items() if name not in common}
    return json.dumps(own, ensure_ascii=False)
