"""A hall's own scale: a name and its levels in the profile, no Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.decode import decode_bytes
from devices.infer import Plan, describe_panel
from devices.mimic import make_mimic
from devices.profile import Profile, parse_profile
from devices.table import ProfileError
from tests.devices.test_decode import run

OWN = """
model = "two-keys"
version = 1
format = "line"
[scale]
name = "thumbs"
levels = ["dissatisfied", "satisfied"]
[levels]
up = "satisfied"
down = "dissatisfied"
"""


def read(text: str) -> Profile:
    return parse_profile(text.encode(), Path("own.toml"))


def test_its_name_and_its_levels_stand_in_the_profile() -> None:
    profile = read(OWN)
    assert profile.scale == "thumbs"
    assert profile.keys == (("up", "satisfied"), ("down", "dissatisfied"))
    found = list(decode_bytes(profile, [make_mimic(profile).down("down")]))
    assert found == [{"event": "press", "key": "down", "level": "dissatisfied"}]


def test_a_panel_whose_best_key_is_on_the_right_is_written_down_so() -> None:
    up, down = 'up = "satisfied"\n', 'down = "dissatisfied"\n'
    profile = read(OWN.replace(up + down, down + up))
    assert profile.keys == (("down", "dissatisfied"), ("up", "satisfied")), "left to right"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "thumbs"', 'name = "three"', "scale.name: three has levels already; a hall's own"),
        ('name = "thumbs"', 'name = "Thumbs!"', "scale.name: 'Thumbs!' is not allowed; must be sm"),
        ('name = "thumbs"', "", "scale.name: missing"),
        (
            '["dissatisfied", "satisfied"]',
            '["good"]',
            "scale.levels: ['good'] is not allowed; must",
        ),
        (
            '["dissatisfied", "satisfied"]',
            '["satisfied"]',
            "scale.levels: ['satisfied'] is not all",
        ),
        (
            '["dissatisfied", "satisfied"]',
            '["satisfied", "satisfied"]',
            "at least two levels, each once",
        ),
        ('["dissatisfied", "satisfied"]', "[]", "at least two levels"),
        (
            'name = "thumbs"',
            'name = "thumbs"\nbest = 1',
            "scale.best: unknown key; allowed here: na",
        ),
        (
            'up = "satisfied"\n',
            "",
            "levels: scale thumbs needs each of its levels once; missing: sat",
        ),
        ('up = "satisfied"', 'up = "very_satisfied"', "levels.up: 'very_satisfied' is not allowed"),
    ],
)
def test_a_scale_that_cannot_be_is_refused_in_one_line(old: str, new: str, said: str) -> None:
    assert old in OWN
    with pytest.raises(ProfileError) as error:
        read(OWN.replace(old, new))
    assert said in str(error.value)
    assert str(error.value).startswith("own.toml: ")
    assert "\n" not in str(error.value)


def test_what_is_learned_keeps_the_halls_own_scale() -> None:
    levels = ("satisfied", "dissatisfied")
    plan = Plan("learned", "thumbs", "frame", levels=levels)
    pushes = {level: [bytes([0x41 + n])] * 3 for n, level in enumerate(levels)}
    learned = read(describe_panel(plan, pushes))
    assert (learned.scale, learned.keys) == (
        "thumbs",
        (("41", "satisfied"), ("42", "dissatisfied")),
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--scale seven", "learn: scale: 'seven' is not allowed; must be one of three, four, five"),
        (
            "--scale thumbs --levels good,bad",
            "learn: scale.levels: ['good', 'bad'] is not allowed; must be a list of",
        ),
        (
            "--scale three --levels satisfied,dissatisfied",
            "learn: scale.name: three has levels already",
        ),
        ("--baud 1234", "learn: port.baud: 1234 is not allowed; must be one of (1200, 2400"),
        ("--parity M", "learn: port.parity: 'M' is not allowed; must be one of N, E, O"),
    ],
)
def test_learn_refuses_what_cannot_be_before_it_asks_for_keys(words: str, said: str) -> None:
    ran = run("learn", "--port", "/none", "--out", "own.toml", *words.split())
    assert ran.returncode == 1
    assert said in ran.stderr.decode()
    assert ran.stderr.count(b"\n") == 1
