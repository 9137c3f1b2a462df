"""Debian's Chromium, driven over a pipe in its own protocol: no driver, no network but ours."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
PATIENCE_S = 60.0

KEYS = {"Enter": ("\r", 13), "Escape": ("", 27)} | {f"F{n}": ("", 111 + n) for n in range(1, 13)}


class Browser:
    """One page of one Chromium."""

    def __init__(self, folder: str, size: tuple[int, int]) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        width, height = size
        assert CHROMIUM is not None
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        flags += [
            "--hide-scrollbars",
            f"--user-data-dir={folder}",
            f"--window-size={width},{height}",
        ]
        # The protocol has its pipes at 3 and 4; a shell puts them there.
        shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", shell, CHROMIUM, *flags, "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._buffer = b""
        self.complaints: list[str] = []
        targets = self._send("Target.getTargets", {}, None)["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attach = {"targetId": page["targetId"], "flatten": True}
        self._session = self._send("Target.attachToTarget", attach, None)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._send(method, params, self._session)

    def go(self, url: str) -> None:
        self.send("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def type(self, text: str) -> None:
        """Keys one by one, as a keyboard or a scanner sends them."""
        for letter in text:
            self.send("Input.dispatchKeyEvent", type="keyDown", text=letter, key=letter)
            self.send("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def press(self, key: str) -> None:
        text, code = KEYS[key]
        more = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **more)
        self.send("Input.dispatchKeyEvent", type="keyUp", **more)

    def wait(self, script: str, wanted: Any = True) -> None:
        """Wait until an expression in the page has the value."""
        give_up = time.monotonic() + PATIENCE_S
        while (value := self.run(script)) != wanted:
            assert time.monotonic() < give_up, f"{script} stays {value!r}, not {wanted!r}"
            time.sleep(0.05)

    def text(self, id_: str) -> str:
        return str(self.run(f"document.getElementById({id_!r}).textContent"))

    def wait_text(self, id_: str, wanted: str) -> None:
        self.wait(f"document.getElementById({id_!r}).textContent", wanted)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._write("Browser.close", {}, None)
        self._process.wait(PATIENCE_S)
        os.close(self._in)
        os.close(self._out)

    def _send(self, method: str, params: dict[str, Any], session: str | None) -> dict[str, Any]:
        number = self._write(method, params, session)
        while True:
            message = self._read()
            if message.get("id") == number:
                assert "error" not in message, message["error"]
                result: dict[str, Any] = message["result"]
                return result
            self._hear(message)

    def _write(self, method: str, params: dict[str, Any], session: str | None) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._number

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 65536)
            assert chunk, "Chromium is gone"
            self._buffer += chunk
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        return message

    def _hear(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(message["params"]["exceptionDetails"]))
        if message.get("method") == "Log.entryAdded":
            entry = message["params"]["entry"]
            if entry.get("source") != "network":  # each answer that is not 2xx is such a line
                self.complaints.append(entry["text"])


@contextlib.contextmanager
def open_browser(size: tuple[int, int] = (1366, 768)) -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(
        prefix="huiyin-chromium-", ignore_cleanup_errors=True
    ) as folder:
        browser = Browser(folder, size)
        try:
            yield browser
        finally:
            browser.close()
