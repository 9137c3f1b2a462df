"""Hosts of their own on one machine: network namespaces, each with one cable to a bridge."""

import os
import shutil
import subprocess
from typing import Any

from tests.journeys.stand import PATIENCE_S, ROOT

NET = "10.213.77"
ADDRESS = {"hall": f"{NET}.1", "kiosk": f"{NET}.2", "system": f"{NET}.3"}


def run_ip(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)


def find_reason() -> str:
    """Why this machine cannot have hosts of its own; empty if it can."""
    if shutil.which("ip") is None:
        return "iproute2 is not installed"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"huiyin-try-{os.getpid()}"
    made = run_ip("netns", "add", name)
    run_ip("netns", "del", name)
    return f"no network namespaces here: {made.stderr.strip()}" if made.returncode else ""


class Network:
    """Three hosts, each with one cable to a bridge in the hall."""

    def __init__(self) -> None:
        self.names = {host: f"huiyin-{os.getpid()}-{host}" for host in ADDRESS}
        for host, name in self.names.items():
            self._do("netns", "add", name)
            self.on(host, "ip", "link", "set", "lo", "up")
        self.on("hall", "ip", "link", "add", "bridge", "type", "bridge")
        for host, address in ADDRESS.items():
            place = self.names[host]
            far = f"to-{host}"
            self._do("link", "add", "cable", "netns", place, "type", "veth", "peer", far,
                     "netns", self.names["hall"])  # fmt: skip
            self.on("hall", "ip", "link", "set", far, "master", "bridge", "up")
            self.on(host, "ip", "address", "add", f"{address}/24", "dev", "cable")
            self.on(host, "ip", "link", "set", "cable", "up")
        self.on("hall", "ip", "link", "set", "bridge", "up")

    def _do(self, *words: str) -> None:
        done = run_ip(*words)
        assert done.returncode == 0, done.stderr

    def inside(self, host: str, *command: object) -> list[str]:
        return ["ip", "netns", "exec", self.names[host], *map(str, command)]

    def on(self, host: str, *command: object, **more: Any) -> str:
        """Run a command on a host to its end; its output."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            self.inside(host, *command),
            capture_output=True, text=True, check=False, timeout=PATIENCE_S, cwd=ROOT, **more,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def pull(self, host: str) -> None:
        self.on("hall", "ip", "link", "set", f"to-{host}", "down")

    def plug(self, host: str) -> None:
        self.on("hall", "ip", "link", "set", f"to-{host}", "up")

    def close(self) -> None:
        for name in self.names.values():
            run_ip("netns", "del", name)
