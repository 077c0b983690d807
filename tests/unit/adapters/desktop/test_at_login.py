"""Start at login: each system's own form, written, read and taken away."""

import os
import plistlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tipdesk.adapters.desktop.launch_agent import LaunchAgent
from tipdesk.adapters.desktop.run_key import KEY, NAME, RunKey
from tipdesk.adapters.desktop.xdg import FILE_NAME, XdgAutostart, quoted
from tipdesk.app.desktop import at_login
from tipdesk.base.app_id import APP_ID
from tipdesk.ports.desktop import AtLogin, LoginUnsettled

COMMAND = ("/opt/Tip Desk/tipdesk", "--hidden")


class Registry:
    """As much of `winreg` as is asked for, in memory."""

    HKEY_CURRENT_USER = "user"
    REG_SZ = 1

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.refuses = False

    @contextmanager
    def OpenKey(self, root: str, path: str) -> Iterator[str]:
        if self.refuses:
            raise PermissionError(13, "access is denied")
        assert (root, path) == ("user", KEY)
        yield path

    CreateKey = OpenKey

    def QueryValueEx(self, key: str, name: str) -> tuple[Any, int]:
        if name not in self.values:
            raise FileNotFoundError(2, "no such value")
        return self.values[name], self.REG_SZ

    def SetValueEx(self, key: str, name: str, reserved: int, kind: int, value: str) -> None:
        self.values[name] = value

    def DeleteValue(self, key: str, name: str) -> None:
        if self.values.pop(name, None) is None:
            raise FileNotFoundError(2, "no such value")


def made(kind: str, folder: Path) -> AtLogin:
    if kind == "xdg":
        return XdgAutostart(folder / "autostart", COMMAND)
    if kind == "mac":
        return LaunchAgent(folder / "LaunchAgents", COMMAND)
    return RunKey(Registry(), COMMAND)


@pytest.mark.parametrize("kind", ["xdg", "mac", "windows"])
async def test_it_is_off_on_and_off_again(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path)
    assert not await one.is_on()
    await one.set(on=True)
    await one.set(on=True)
    assert await one.is_on()
    await one.set(on=False)
    await one.set(on=False)
    assert not await one.is_on()


async def test_the_xdg_file_starts_tipdesk_hidden(tmp_path: Path) -> None:
    await XdgAutostart(tmp_path, COMMAND).set(on=True)
    lines = (tmp_path / FILE_NAME).read_text().splitlines()
    assert lines[0] == "[Desktop Entry]"
    assert 'Exec="/opt/Tip Desk/tipdesk" --hidden' in lines
    assert os.listdir(tmp_path) == [FILE_NAME]


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
async def test_a_file_that_the_desktop_switched_off_is_off(line: str, tmp_path: Path) -> None:
    one = XdgAutostart(tmp_path, COMMAND)
    await one.set(on=True)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write(line + "\n")
    text = (tmp_path / FILE_NAME).read_text()
    if "enabled" in line:
        (tmp_path / FILE_NAME).write_text(text.replace("enabled=true", "enabled=false"))
    assert not await one.is_on()


@pytest.mark.parametrize(
    "argument", ["/usr/bin/tipdesk", "/home/a b/tipdesk", 'a"b', "a\\b", "a$b`c", "", "it's"]
)
def test_an_argument_is_read_back_as_it_was(argument: str) -> None:
    # The value is unescaped as a string first, and then unquoted as a command line.
    unescaped = quoted(argument).replace("\\\\", "\\")
    bare = re.sub(r'\\(["`$\\])', r"\1", unescaped[1:-1])
    assert argument in (unescaped, bare)


async def test_percent_signs_are_no_field_codes() -> None:
    assert quoted("/opt/100%") == '"/opt/100%%"'


async def test_the_agent_is_a_property_list(tmp_path: Path) -> None:
    await LaunchAgent(tmp_path, COMMAND).set(on=True)
    found = plistlib.loads((tmp_path / f"{APP_ID}.plist").read_bytes())
    assert found["ProgramArguments"] == list(COMMAND)
    assert found["RunAtLoad"] is True
    (tmp_path / f"{APP_ID}.plist").write_text("not a list")
    with pytest.raises(LoginUnsettled):
        await LaunchAgent(tmp_path, COMMAND).is_on()


async def test_the_run_key_holds_a_command_line() -> None:
    registry = Registry()
    await RunKey(registry, COMMAND).set(on=True)
    assert registry.values == {NAME: '"/opt/Tip Desk/tipdesk" --hidden'}
    registry.refuses = True
    with pytest.raises(LoginUnsettled, match="access is denied"):
        await RunKey(registry, COMMAND).set(on=True)


async def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LoginUnsettled):
        await XdgAutostart(tmp_path / "file", COMMAND).set(on=True)


async def test_an_appimage_starts_the_file_that_was_started(tmp_path: Path) -> None:
    one = at_login("linux", {"APPIMAGE": "/home/a/T.AppImage", "XDG_CONFIG_HOME": str(tmp_path)})
    await one.set(on=True)
    text = (tmp_path / "autostart" / FILE_NAME).read_text()
    assert "Exec=/home/a/T.AppImage --hidden\n" in text
