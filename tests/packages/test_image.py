"""The image of a board: what can be done of its recipe without a board, and its first boot."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.chroot import STEP_S
from tests.walls.house import ROOT

MAKE = ROOT / "deploy/image/make"
FIRSTBOOT = ROOT / "deploy/units/kiosk/firstboot"
TOOLS = ("mkfs.vfat", "mcopy", "mkfs.ext4", "sfdisk", "systemctl", "debugfs")
LOADERS = {"x86_64": "systemd-bootx64.efi", "aarch64": "systemd-bootaa64.efi"}
PATH = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}


def run(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PATH, **more}
    return subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=STEP_S, check=False
    )


def lay_root(root: Path) -> None:
    """What a bootstrap would have left, as far as the recipe looks."""
    units = root / "usr/lib/systemd/system"
    for folder in (units, root / "etc/ssh", root / "boot", root / "usr/lib/systemd/boot/efi"):
        folder.mkdir(parents=True)
    (root / "etc/ssh/ssh_host_ed25519_key").write_text("one board's own", "utf-8")
    (root / "etc/machine-id").write_text("one board's own", "utf-8")
    (root / "boot/vmlinuz-6.12").write_text("kernel", "utf-8")
    (root / "boot/initrd.img-6.12").write_text("first files", "utf-8")
    for loader in LOADERS.values():
        (root / "usr/lib/systemd/boot/efi" / loader).write_text("loader", "utf-8")
    for name in ("huiyin-firstboot.service", "huiyin-setup.service", "huiyin-kiosk.service"):
        shutil.copy2(ROOT / "deploy/units/kiosk" / name, units)
    (units / "systemd-networkd.service").write_text("[Install]\nWantedBy=multi-user.target\n")
    (units / "graphical.target").write_text("[Unit]\n", "utf-8")


@pytest.mark.skipif(
    not all(shutil.which(tool, path=PATH["PATH"]) for tool in TOOLS),
    reason=f"not all of {', '.join(TOOLS)} are installed",
)
def test_a_disk_has_both_partitions_and_nothing_of_one_board(tmp_path: Path) -> None:
    work, image, setup = tmp_path / "work", tmp_path / "board.img", tmp_path / "answers.toml"
    setup.write_text('language = "zh"\n', "utf-8")
    lay_root(work / "root")
    for step in ("configure", "disk"):
        words = [MAKE, "--work", work, "--setup", setup, "--size", "330", "--only", step, image]
        ran = run(*words)
        assert ran.returncode == 0, ran.stderr
    table = run("sfdisk", "-d", image).stdout
    assert "label: gpt" in table
    assert 'name="boot"' in table
    assert 'name="root"' in table
    boot = run("mcopy", "-i", f"{image}@@1M", "::huiyin-setup.toml", "-")
    assert boot.stdout == setup.read_text("utf-8")
    assert (
        "Huiyin" in run("mcopy", "-i", f"{image}@@1M", "::loader/entries/huiyin.conf", "-").stdout
    )
    wants = work / "root/etc/systemd/system"
    assert (wants / "graphical.target.wants/huiyin-kiosk.service").is_symlink()
    assert (wants / "multi-user.target.wants/huiyin-firstboot.service").is_symlink()
    assert (wants / "graphical.target.wants/huiyin-setup.service").is_symlink()
    listed = run("debugfs", "-R", "ls -p /etc/ssh", f"{image}?offset={257 << 20}").stdout
    assert "ssh_host" not in listed
    assert not list((work / "root/etc/ssh").glob("ssh_host*"))
    assert (work / "root/etc/machine-id").read_text("utf-8") == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "usage"),
        (["--size"], "needs a value"),
        (["--bogus", "x"], "not an option"),
        (["--only", "everything", "x.img"], "root, configure or disk"),
        (["--only", "root", "x.img"], "--package"),
    ],
)
def test_what_is_wrong_with_a_command_is_one_line(words: list[str], said: str) -> None:
    if words[:2] == ["--only", "root"] and os.geteuid() != 0:
        pytest.skip("a root file system is made as root")
    ran = run(MAKE, *words)
    assert ran.returncode == 1
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def boot(tmp_path: Path, answer: int) -> subprocess.CompletedProcess[str]:
    """A first boot with a set-up that answers so."""
    tools, data = tmp_path / "bin", tmp_path / "data"
    for folder in (tools, data):
        folder.mkdir(exist_ok=True)
    told = tools / "huiyin-kiosk"
    told.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/said\nexit {answer}\n', "utf-8")
    told.chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    return run(FIRSTBOOT, PATH=path, HUIYIN_BOOT=str(tmp_path / "boot"), HUIYIN_DATA=str(data))


def test_a_first_boot_sets_up_from_the_file_once(tmp_path: Path) -> None:
    (tmp_path / "boot").mkdir()
    file = tmp_path / "boot/huiyin-setup.toml"
    file.write_text("answers", "utf-8")
    assert boot(tmp_path, 0).returncode == 0
    assert (tmp_path / "said").read_text("utf-8") == f"setup --from {file}\n"
    assert (tmp_path / "data/.firstboot").exists(), "its unit does not run again"


def test_a_set_up_that_failed_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "boot").mkdir()
    file = tmp_path / "boot/huiyin-setup.toml"
    file.write_text("answers", "utf-8")
    assert boot(tmp_path, 1).returncode == 1
    assert file.exists()
    assert not (tmp_path / "data/.firstboot").exists()


def test_no_file_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "boot").mkdir()
    ran = boot(tmp_path, 0)
    assert ran.returncode == 0
    assert "huiyin-kiosk setup" in ran.stderr
    assert not (tmp_path / "data/.firstboot").exists()
