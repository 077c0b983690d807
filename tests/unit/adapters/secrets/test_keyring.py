"""The system's keyring, against a real Secret Service; and what is not to be trusted."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

from tipdesk.adapters.secrets.keyring import (
    DamagedKeyringEntry,
    KeyringBroken,
    KeyringDenied,
    KeyringIsLocked,
    KeyringUnavailable,
    SystemKeyring,
)

ROOT = Path(__file__).parents[4]
needs_secret_service = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="a real Secret Service needs the system packages gnome-keyring and dbus",
)

USE_IT = """
import asyncio
from tipdesk.adapters.secrets.keyring import SystemKeyring, trusted_backend

async def main():
    vault = await SystemKeyring.open(service="TipDesk test", timeout=20)
    assert await vault.get("seed") is None
    await vault.put("seed", bytes(range(32)))
    await vault.put("seed", bytes(range(1, 33)))
    again = await SystemKeyring.open(service="TipDesk test", timeout=20)
    assert await again.get("seed") == bytes(range(1, 33))
    await again.delete("seed")
    await again.delete("seed")
    assert await vault.get("seed") is None
    print("kept in", type(trusted_backend()).__module__)

asyncio.run(main())
"""

ONLY_PLAIN_TEXT = """
import asyncio
from keyring.backend import KeyringBackend
from tipdesk.adapters.secrets.keyring import SystemKeyring, KeyringUnavailable

class PlainText(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): raise AssertionError
    def delete_password(self, service, username): raise AssertionError

async def main():
    try:
        await SystemKeyring.open()
    except KeyringUnavailable as error:
        print(error)

asyncio.run(main())
"""


def environment(home: Path) -> dict[str, str]:
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    names = {
        "HOME": home,
        "XDG_DATA_HOME": home / "data",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": runtime,
        "PYTHONPATH": ROOT,
    }
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
    }
    return {**kept, **{name: str(value) for name, value in names.items()}}


def run(command: list[str], home: Path) -> str:
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_secret_service
def test_a_real_secret_service_keeps_replaces_and_forgets(tmp_path: Path) -> None:
    script = tmp_path / "use_it.py"
    script.write_text(USE_IT)
    unlock = (
        "printf testpw | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null"
    )
    shell = f'{unlock}; exec "{sys.executable}" "{script}"'
    output = run(["dbus-run-session", "--", "bash", "-c", shell], tmp_path)
    assert "kept in keyring.backends.SecretService" in output


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have their keyring")
def test_without_a_keyring_to_trust_there_is_none(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text(ONLY_PLAIN_TEXT)
    output = run([sys.executable, str(script)], tmp_path)
    assert output == "This system has no keyring that TipDesk can trust.\n"


class TroubledKeyring(KeyringBackend):
    """A keyring that hangs, is in use by somebody else, and will not let go."""

    priority = 0

    def get_password(self, service: str, username: str) -> str | None:
        if username == "slow":
            time.sleep(0.3)
        return "not base64!"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("the bus is gone")

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError("no")


async def test_trouble_with_a_keyring_is_told() -> None:
    vault = SystemKeyring(TroubledKeyring(), service="x", timeout=0.1)  # type: ignore[no-untyped-call]
    with pytest.raises(KeyringUnavailable, match="does not answer"):
        await vault.get("slow")
    with pytest.raises(DamagedKeyringEntry):
        await vault.get("theirs")
    with pytest.raises(KeyringUnavailable, match="the bus is gone"):
        await vault.put("seed", b"x")
    with pytest.raises(KeyringUnavailable):
        await vault.delete("seed")


class PromptDismissedException(Exception):
    """As secretstorage has it, outside the tree of the `keyring` package."""


class KeychainDenied(Exception):
    """As the keychain of macOS has it."""


def denied_by_keychain() -> KeyringLocked:
    """What the package makes of it."""
    error = KeyringLocked("Can't get password from keychain")
    error.__cause__ = KeychainDenied()
    return error


class RefusingKeyring(KeyringBackend):
    """Raises what it is told to."""

    priority = 0

    def __init__(self, error: Exception) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self._error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self._error

    def delete_password(self, service: str, username: str) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (KeyringLocked("Failed to unlock the collection!"), KeyringIsLocked),
        (denied_by_keychain(), KeyringDenied),
        (KeyringError("Can't get it: (-25293, 'Security Auth Failure')"), KeyringDenied),
        (PromptDismissedException(), KeyringDenied),
        (ConnectionError("the bus is gone"), KeyringBroken),
        (ValueError("a library of a library"), KeyringBroken),
    ],
)
async def test_each_trouble_has_its_own_sentence(
    raised: Exception, told: type[KeyringUnavailable]
) -> None:
    vault = SystemKeyring(RefusingKeyring(raised), service="x", timeout=5)
    for use in (vault.get("seed"), vault.put("seed", b"x"), vault.delete("seed")):
        with pytest.raises(told, match="Nothing was changed"):
            await use
