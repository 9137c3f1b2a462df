"""`huiyin-kiosk journal …`: the kiosk's own record, checked, shown, copied, healed."""

import argparse
import json
import signal
from pathlib import Path

from kiosk.clock import Clock
from kiosk.tongue import choose
from sync.heal import heal
from sync.identity import load_identity
from sync.portable import export
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


def export_journal(args: argparse.Namespace) -> int:
    """Write every line and then every receipt, byte for byte, into a new file for an auditor."""
    folder: Path = args.data / JOURNAL
    if not folder.is_dir():
        raise FileNotFoundError(2, "no journal here", str(folder))
    count = 0
    with args.to.open("xb") as file:
        for line in export(folder):
            file.write(line)
            count += 1
    told = {"export": str(args.to), "lines": count}
    print(json.dumps(told, ensure_ascii=False) if args.json else f"{args.to}: {count}")
    return 0


def heal_journal(args: argparse.Namespace) -> int:
    """Do what a start does, with no kiosk running; 1 if something is still missing."""
    identity = load_identity(args.data)
    if identity is None or not (args.data / JOURNAL).is_dir():
        folder = str(args.data / JOURNAL)
        raise FileNotFoundError(2, "no journal of a kiosk that was set up", folder)
    findings = heal(args.data, identity, Clock().stamp())
    if args.json:
        print(json.dumps({"findings": [str(one) for one in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            print(finding)
        print(choose(f"{len(findings)} findings", f"{len(findings)} 处"))
    return 1 if any(finding.what == "asked_back" for finding in findings) else 0


ACTIONS = {
    "verify": verify_journal,
    "show": show_journal,
    "export": export_journal,
    "heal": heal_journal,
}
