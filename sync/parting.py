"""A fork put right on the kiosk's side: an old card put back, or two cards of one key.

The hall's lines take the place of ours from where the two part; ours, and the epochs after them, go
on in a new epoch that follows the hall's last line. No rating is lost, and both sides stay on the
record: ours as they were in quarantine, and as a fork at the hall.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sync.chain import hash_line
from sync.disk import Disk
from sync.lines import ENDING, EpochFile
from sync.records import Loss, encode_entry
from sync.recovery import follows
from sync.repair import carry, set_aside


class Parting:
    """One fork in one folder."""

    def __init__(
        self, disk: Disk, folder: Path, device: str, make_epoch: Callable[[], str]
    ) -> None:
        self._disk = disk
        self._folder = folder
        self._device = device
        self._make_epoch = make_epoch

    def run(
        self,
        files: Sequence[EpochFile],
        epoch: str,
        lines: Sequence[bytes],
        make_loss: Callable[[str, int, int, str], Loss],
    ) -> bool:
        """Write the new epoch, then the old one as the hall holds it. Raises OSError."""
        names = [file.name for file in files]
        if epoch not in names or follows([*lines], self._device, epoch) is None:
            return False
        parted, *later = files[names.index(epoch) :]
        ours = list(parted.walk())
        shared = count_shared(ours, lines)
        if shared == len(ours):
            return False
        loss = make_loss(epoch, shared + 1, len(ours), "fork")
        whole = [*ours[shared:], *(line for file in later for line in file.walk())]
        whole = [line for line in whole if line]
        name = self._make_epoch()
        fresh = carry([encode_entry(loss), *whole], name, hash_line(lines[-1]))
        set_aside(self._disk, self._folder, epoch, whole)
        self._disk.replace(self._folder / (name + ENDING), _join(fresh))
        for file in later:
            self._disk.remove(file.path)
        self._disk.replace(parted.path, _join(lines))
        return True


def count_shared(ours: Sequence[bytes], theirs: Sequence[bytes]) -> int:
    """How many lines both begin with."""
    shared = 0
    for mine, yours in zip(ours, theirs, strict=False):
        if mine != yours:
            break
        shared += 1
    return shared


def _join(lines: Sequence[bytes]) -> bytes:
    return b"".join([line + b"\n" for line in lines])
