"""What a decoder does that has nothing of its own to do."""

import pytest

from devices.formats.format import Decoder


def test_a_plain_decoder_waits_for_bytes_only() -> None:
    decoder = Decoder()
    decoder.pace(True)
    assert decoder.tick(5) == []
    assert decoder.poll(5) == b""
    assert decoder.deadline is None
    assert decoder.held == 0


def test_a_decoder_has_to_say_how_it_reads() -> None:
    with pytest.raises(NotImplementedError):
        Decoder().feed(b"", 0)
