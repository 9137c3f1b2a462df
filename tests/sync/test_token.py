"""The token of a citizen's page: made by the kiosk, checked without an entry."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.token import ECHO, RATE, is_proven, read_token, write_token

DEVICE = "0123456789abcdef" * 2
INVITATION = "f" * 32
SECRET = base64.b64encode(b"s" * 32).decode()


def test_a_token_is_what_the_wire_says() -> None:
    text = f"huiyin/token/v1\necho\n{INVITATION}\n".encode()
    mac = base64.urlsafe_b64encode(hmac.new(b"s" * 32, text, hashlib.sha256).digest()).decode()
    assert write_token(DEVICE, INVITATION, SECRET, ECHO) == f"01234567.{INVITATION}.{mac[:22]}"


def test_only_its_device_and_purpose_prove_it() -> None:
    token = read_token(write_token(DEVICE, INVITATION, SECRET, ECHO))
    assert token is not None
    assert is_proven(token, SECRET, ECHO)
    assert not is_proven(token, SECRET, RATE)
    assert not is_proven(token, base64.b64encode(b"t" * 32).decode(), ECHO)


@given(st.text(max_size=70) | st.from_regex(r"[0-9a-g]{8}\.[0-9a-f]{32}\..{22}", fullmatch=True))
def test_whatever_comes_is_no_token_or_is_not_proven(text: str) -> None:
    token = read_token(text)
    assert token is None or not is_proven(token, SECRET, ECHO)


def test_every_changed_character_is_noticed() -> None:
    whole = write_token(DEVICE, INVITATION, SECRET, ECHO)
    for at in range(9, len(whole)):
        changed = whole[:at] + ("0" if whole[at] != "0" else "1") + whole[at + 1 :]
        token = read_token(changed)
        assert token is None or not is_proven(token, SECRET, ECHO), at


def test_a_secret_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match="base64"):
        write_token(DEVICE, INVITATION, "not base64", ECHO)
