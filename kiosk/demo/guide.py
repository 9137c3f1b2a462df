"""What a demo tells whoever started it: addresses, keys, what to try. And those keys."""

import itertools
import secrets
import sys
from pathlib import Path

from devices.simulator import VirtualPanel
from kiosk.app import App
from kiosk.demo.keyboard import Keyboard
from kiosk.desk.window import Refused
from kiosk.tongue import choose as say
from sync.records import Transaction

ITEMS = (
    ("000136002000", "居住证明开具"),
    ("000117003000", "失业登记"),
    ("000120005000", "流动人口计划生育证明"),
)
"""Service items to be asked about in turn."""

PUSH_MS = 120
"""How long a key typed at the terminal holds the panel's key down."""


class Guide:
    """Main thread: prints what there is to try, and does what is typed."""

    def __init__(self, app: App, panel: VirtualPanel | None, told: dict[str, str]) -> None:
        self._app = app
        self._panel = panel
        self._told = told
        self._keyboard = Keyboard(self._do)
        self._items = itertools.cycle(ITEMS)
        self._number = itertools.count(1)

    def open(self) -> None:
        """Say where everything is, and listen to the terminal's keys."""
        print(self._text(), flush=True)
        handle = self._keyboard.fileno()
        if handle is not None:
            self._app.watch(handle, self._keyboard.read)
            self._app.at_end(self._keyboard.close)

    def _text(self) -> str:
        told = self._told
        lines = [
            "",
            say("Huiyin is running.", "回音正在运行。"),
            f"  {say('hall', '大厅')}   {told['hall']}   ({told['hall']}/schema/openapi.json)",
            f"  {say('desk', '窗口')}   {told['desk']}   (PIN {told['desk_pin']}, "
            f"Bearer {told['desk_token']})",
            f"  {say('panel', '按键')}  {told['panel']}",
            f"  {say('files', '文件')}  {told['data']}",
        ]
        if self._keyboard.fileno() is not None:
            lines += ["", say("Keys of this terminal:", "本终端的按键:"), *self._keys()]
        lines += ["", say("Ask from a business system:", "由业务系统发起评价:"), self._curl()]
        lines += ["", say("What the hall counts:", "大厅的统计:"), f"  {self._report()}", ""]
        if self._app.is_headless:
            lines += [
                say(
                    "No display: the screen is painted off-screen. Key s saves what it shows.",
                    "没有显示器:界面在内存中绘制,按 s 键把当前画面存为图片。",
                ),
                "",
            ]
        return "\n".join(lines)

    def _keys(self) -> list[str]:
        names = {
            "very_satisfied": say("very satisfied", "非常满意"),
            "satisfied": say("satisfied", "满意"),
            "dissatisfied": say("dissatisfied", "不满意"),
        }
        keys = self._app.kit.profile.keys if self._panel is not None else ()
        return [
            f"  i  {say('a transaction ends: ask the citizen', '办件结束,邀请评价')}",
            *(f"  {key}  {names.get(level, level)}" for key, level in keys),
            f"  u  {say('unplug the panel, and again: plug it in', '拔下按键,再按一次插回')}",
            f"  s  {say('save the screen as a picture', '保存当前画面')}",
            f"  q  {say('quit', '退出')}",
        ]

    def _curl(self) -> str:
        return (
            f"  curl -H 'Authorization: Bearer {self._told['desk_token']}' "
            "-H 'Content-Type: application/json' \\\n"
            f'       -d \'{{"project_no":"P1","service_no":"1"}}\' '
            f"{self._told['desk']}/v1/invitations"
        )

    def _report(self) -> str:
        return f"huiyin-hall report --data {self._told['data']}/hall"

    def _do(self, key: str) -> None:
        if key == "i":
            self._invite()
        elif key == "s":
            path = Path(self._told["data"]) / "screen.png"
            self._app.save_picture(path)
            self._print(str(path))
        elif key == "q":
            self._app.quit()
        elif key == "u" and self._panel is not None:
            if self._panel.fileno() is None:
                self._panel.replug()
            else:
                self._panel.unplug()
        elif self._panel is not None and key in dict(self._app.kit.profile.keys):
            panel = self._panel
            panel.down(key)
            self._app.later(PUSH_MS, lambda: panel.up(key))

    def _invite(self) -> None:
        code, name = next(self._items)
        number = f"DEMO-{secrets.token_hex(3)}-{next(self._number)}"
        asked = Transaction(project_no=number, service_no="1", item_code=code, item_name=name)
        try:
            services = self._app.services
            if services is not None:
                services.counter.invite(asked, None, None)
        except Refused as refused:
            self._print(str(refused))

    def _print(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
