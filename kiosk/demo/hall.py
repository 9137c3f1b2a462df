"""The demo's hall: a real server process here, started again if it dies, ended with us."""

import ctypes
import json
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from kiosk.demo.program import HallError, find_program

START_S = 60.0
STOP_S = 4.0
RETRY_S = (1.0, 2.0, 4.0)
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


class HallProcess:
    """`huiyin-hall serve` on a free port that it keeps. Every other command runs beside it.

    Its settings stand beside its folder: they name the port, where the echo's pages are.
    """

    def __init__(self, data: Path) -> None:
        self._program = find_program()
        self._data = data
        self._settings = data.with_suffix(".toml")
        self._ending = threading.Event()
        self.url = ""
        self._process = self._start_patiently()
        self._keeper = threading.Thread(target=self._keep, name="hall-keeper", daemon=True)
        self._keeper.start()

    def command(self, *words: str) -> Any:
        """Run a command of the hall beside the server; returns its JSON."""
        args = [*self._program, words[0], "--data", str(self._data), "--json"]
        done = subprocess.run(
            [*args, *words[1:]], capture_output=True, text=True, timeout=START_S, check=False
        )
        if done.returncode != 0:
            raise HallError(f"huiyin-hall {words[0]}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def stop(self) -> None:
        """End the server: asked first, then made to."""
        self._ending.set()
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_S)

    def _start_patiently(self) -> "subprocess.Popen[str]":
        """A hall of an earlier demo that was killed may still be letting go of the folder."""
        for wait_s in RETRY_S:
            self._settle()
            try:
                return self._start()
            except HallError:
                time.sleep(wait_s)
        return self._start()

    def _settle(self) -> None:
        """Choose a port and say so in the settings."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._listen = f"127.0.0.1:{free.getsockname()[1]}"
        self._settings.parent.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(f'echo_url = "http://{self._listen}"\n', "utf-8")

    def _start(self) -> "subprocess.Popen[str]":
        settings = ["--config", str(self._settings)]
        args = ["serve", "--data", str(self._data), "--listen", self._listen, "--json", *settings]
        process = subprocess.Popen(
            [*self._program, *args],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            preexec_fn=_die_with_parent,
        )
        assert process.stdout is not None
        with process.stdout as told:
            line = told.readline()
        if not line:
            raise HallError(f"huiyin-hall serve ended at once with status {process.wait()}")
        self.url = json.loads(line)["hall"]
        return process

    def _keep(self) -> None:
        """A hall that dies is started again on the same port, as a service manager would."""
        while not self._ending.is_set():
            self._process.wait()
            if not self._ending.wait(0.5):
                try:
                    self._process = self._start()
                except HallError:
                    continue


def _die_with_parent() -> None:
    """No hall is left behind when the demo is killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
