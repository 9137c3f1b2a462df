"""A report: what a set of counts says, as a record and as text. Pure.

Counts come by name (ledger/visits.py, `measure`). Fields and formulas are those of the design's
"Commands".
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sync.hall.figures import statistics

LEVELS = (5, 4, 3, 2, 1)

NAMES = {
    "zh": {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"},
    "en": {
        5: "very satisfied",
        4: "satisfied",
        3: "basically satisfied",
        2: "dissatisfied",
        1: "very dissatisfied",
    },
}

TITLES = {
    "zh": {
        "invitations": "邀请评价",
        "ratings": "有效评价",
        "not_rated": "未评价",
        "interrupted": "中断",
        "not_asked": "未邀请",
        "cancelled": "取消",
        "superseded": "被替代",
        "repeated": "重复评价（不计）",
        "walk_ups": "自行评价",
        "windows": "窗口数",
        "rating_rate": "参评率",
        "satisfaction_rate": "满意率",
        "bad_rate": "差评率",
        "score": "得分（0–100）",
        "as_of": "统计截至",
        "uncertain": "时间不确定",
    },
    "en": {
        "invitations": "invitations",
        "ratings": "ratings",
        "not_rated": "not rated",
        "interrupted": "interrupted",
        "not_asked": "not asked",
        "cancelled": "cancelled",
        "superseded": "superseded",
        "repeated": "repeated (not counted)",
        "walk_ups": "walk-ups",
        "windows": "windows",
        "rating_rate": "rating rate",
        "satisfaction_rate": "satisfaction",
        "bad_rate": "bad ratings",
        "score": "score (0–100)",
        "as_of": "as of",
        "uncertain": "time uncertain",
    },
}

COUNTS = (
    "invitations",
    "ratings",
    "not_rated",
    "interrupted",
    "not_asked",
    "cancelled",
    "superseded",
    "repeated",
    "walk_ups",
    "windows",
)
RATES = ("rating_rate", "satisfaction_rate", "bad_rate")


def make_report(counts: Mapping[str, int], windows: int, as_of: str) -> dict[str, Any]:
    """The report of some counts; rates are fractions, null where there is nothing to divide by."""
    levels, scales, reasons = _split(counts)
    good = sum(levels[level] for level in statistics.GOOD_LEVELS)
    report: dict[str, Any] = {name: counts.get(name, 0) for name in COUNTS}
    return report | {
        "ratings": statistics.count(levels),
        "windows": windows,
        "by_level": {str(level): levels[level] for level in LEVELS},
        "by_scale": scales,
        "reasons": dict(sorted(reasons.items())),
        "rating_rate": statistics.rating_rate(
            counts.get("paired:rated", 0),
            counts.get("paired:not_rated", 0),
            counts.get("paired:interrupted", 0),
            counts.get("not_asked", 0),
        ),
        "satisfaction_rate": statistics.satisfaction(levels),
        "satisfaction_interval": statistics.wilson(good, statistics.count(levels)),
        "bad_rate": statistics.bad_rate(levels),
        "score": statistics.uk_score(levels),
        "as_of": as_of,
    }


def _split(
    counts: Mapping[str, int],
) -> tuple[Counter[int], dict[str, dict[str, int]], Counter[str]]:
    levels: Counter[int] = Counter()
    scales: dict[str, dict[str, int]] = {}
    reasons: Counter[str] = Counter()
    for name, n in counts.items():
        if not n:
            continue
        if name.startswith("level:"):
            _, level, scale = name.split(":", 2)
            levels[int(level)] += n
            scales.setdefault(scale, {})[level] = n
        elif name.startswith("reason:"):
            reasons[name.removeprefix("reason:")] += n
    return levels, scales, reasons


def write_text(report: Mapping[str, Any], language: str, title: str) -> str:
    """The report for people, in Chinese or English."""
    names, levels = TITLES[language], NAMES[language]
    rows = [(names[key], str(report[key])) for key in COUNTS]
    rows += [(f"  {levels[level]}", str(report["by_level"][str(level)])) for level in LEVELS]
    rows += [(names[key], _percent(report[key])) for key in RATES]
    if report["satisfaction_interval"] is not None:
        low, high = report["satisfaction_interval"]
        rows.append(("  95 %", f"{_percent(low)} – {_percent(high)}"))
    score = report["score"]
    rows.append((names["score"], "–" if score is None else f"{score:.2f}"))
    rows += [(f"  {tag}", str(n)) for tag, n in report["reasons"].items()]
    rows.append((names["as_of"], str(report["as_of"])))
    wide = max(_width(name) for name, _ in rows)
    lines = [f"{name}{' ' * (wide - _width(name))}  {value}" for name, value in rows]
    return "\n".join([title, "─" * _width(title), *lines])


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(char) >= 0x2E80 else 1 for char in text)
