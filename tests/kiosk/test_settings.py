"""Settings are checked whole: each error is one line with file, key and what is allowed."""

from pathlib import Path

import pytest

from kiosk.settings import Settings, SettingsError, find_file, load_settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[window]\nmode = "walkup"', "window.mode: .*allowed: invited, walk_up"),
        ('[window]\nmod = "x"', "window.mod is not a setting; allowed: mode, language"),
        ("[windows]", "windows is not a setting; allowed: window, panel"),
        ("[window]\nasking_s = -1", "window.asking_s: .*> 0"),
        ("window = 1", r"window must be a table \[window\]"),
        ("[window", "declaration"),
        ('[screen]\nsize = "axb"', "screen.size: Expected WIDTHxHEIGHT or nothing"),
        ('[desk]\nlisten = "8710"', "desk.listen '8710': must be HOST:PORT, port 0-65535"),
        ('[desk]\nlisten = "a:70000"', "desk.listen 'a:70000': must be HOST:PORT"),
        ('[desk]\nadapter = ":1919"', "desk.adapter ':1919': must be HOST:PORT"),
        ("[desk]\nadapter = 1919", "desk.adapter: Expected `str`, got `int`"),
        ('[desk]\norigins = ["*"]', r"desk.origins: origin '\*': allowed is http"),
        ('[desk]\norigins = ["https://a/b"]', "desk.origins: .*no path"),
        ('[desk]\norigin = "x"', "desk.origin is not a setting; allowed: listen, origins, adapter"),
        ("[scanner]\nport = 1", "scanner.port: Expected `str`, got `int`"),
        ("[scanner]\nbaud = 1", "scanner.baud is not a setting; allowed: port, slips"),
        ('[scanner]\nslips = ["("]', r"scanner.slips: '\(': missing \)"),
        (
            '[scanner]\nslips = ["x"]',
            "scanner.slips: 'x': a group .*allowed: project_no, service_no",
        ),
        (
            "[scanner]\nslips = ['(?P<level>5)(?P<ticket_no>1)']",
            "scanner.slips: .*allowed: project",
        ),
        ('[window]\nlanguages = ["zh", "fr"]', "window.languages.*allowed: zh, en, bo, mn"),
        ('[window]\nsecond = "mn"', "window.second: .*allowed: , zh, en, bo"),
        ('[screen]\nnight = "20:00-24:00"', "screen.night"),
        ('[clerks.0307]\nphone = "1"', "clerks.*phone"),
        ('[sound]\nmode = "loud"', "sound.mode: .*allowed: all, guide, silent"),
        ("[sound]\nvolume = 101", "sound.volume: .*<= 100"),
        ("[sound]\npatience = 0", "sound.patience: .*>= 1"),
        ('[sound]\nheadphones = "yes"', "sound.headphones: .*allowed: none, always, detect"),
        ('[sound]\nprogram = "play"', "sound.program: .*allowed: , aplay, pacat"),
        ('[sound]\nrecordings = "/nowhere"', "sound.recordings '/nowhere': must be a folder"),
        ("[sound]\nloud = 1", "sound.loud is not a setting; allowed: mode, volume, hours"),
        ('[[sound.hours]]\nat = "7-9"\nvolume = 1', r"sound.hours\[0\].at: Expected HH:MM-HH:MM"),
        ('[[sound.hours]]\nat = "07:00-09:00"', r"sound.hours\[0\]: .*`volume`"),
        ("[panel]\ntouch = 3", "panel.touch: Expected `bool`, got `int`"),
    ],
)
def test_wrong_setting_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_is_defaults_that_work() -> None:
    assert load_settings(None) == Settings()


def test_named_file_then_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_CONFIG", "from-environment.toml")
    assert find_file("named.toml") == Path("named.toml")
    assert find_file(None) == Path("from-environment.toml")


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings(tmp_path / "none.toml")
