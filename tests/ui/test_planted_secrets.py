"""Secrets are planted in a real profile; nothing that the program leaves or shows holds them.

The profile tips, fails, is locked and unlocked. Then its files, the log at DEBUG, the arguments of
every process, errors, and all words of the window are searched for them in every writing.
"""

import asyncio
import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.conftest import until
from tests.ui.test_front import part, press
from tests.ui.test_front_real import Shown
from tests.ui.test_lock import seen_by_screen_readers
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.adapters.wallet.words import new_words, seed_from_words
from tipdesk.app.container import App
from tipdesk.app.identity import NOSTR_KEY, WORDS
from tipdesk.app.logs import remembered
from tipdesk.app.system import SystemEntropy
from tipdesk.base.errors import TipDeskError
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip19 import encode_nsec
from tipdesk.services.app_lock import WrongLockPassphrase
from tipdesk.ui.loop import run
from tipdesk.ui.viewmodels.front import Step
from tipdesk.ui.views.front_welcome import Welcome
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

SEED_WORDS = new_words(b"planted for test")
NOSTR_SECRET = bytes(range(101, 133))
PASSPHRASE = "quite unguessable zebra"
WRONG_PASSPHRASE = "nearly unguessable zebra"


def writings() -> dict[str, bytes]:
    """Each secret in each way in which it could be written."""
    seed = seed_from_words(SEED_WORDS)
    nsec = encode_nsec(PrivateKey(NOSTR_SECRET))
    found = {
        "nsec": nsec.encode(),
        "passphrase": PASSPHRASE.encode(),
        "wrong passphrase": WRONG_PASSPHRASE.encode(),
    }
    for name, secret in (("seed", seed), ("half a seed", seed[:32]), ("Nostr key", NOSTR_SECRET)):
        found[f"{name}, as it is"] = secret
        found[f"{name}, in hex"] = secret.hex().encode()
        # Without its last letters, which hang on what follows.
        found[f"{name}, in base64"] = base64.b64encode(secret)[:40]
        found[f"{name}, as a list"] = str(list(secret))[1:-1].encode()
    for place in range(len(SEED_WORDS) - 2):
        run_of = SEED_WORDS[place : place + 3]
        for between in (" ", ",", ", ", "', '", '", "', "\n"):
            found[f"words from {place + 1} on, {between!r}"] = between.join(run_of).encode()
    return found


def check(where: str, text: bytes) -> None:
    """Fails with the place and the kind, not with the secret."""
    lowered = text.lower()
    held = [
        name for name, secret in writings().items() if secret in text or secret.lower() in lowered
    ]
    assert not held, f"{where} holds {held}"


async def plant(folder: Path) -> None:
    """The secrets of a profile, as if an earlier run had made them."""
    fan = folder / "demo" / "fan"
    await asyncio.to_thread(fan.mkdir, parents=True)
    vault = await FileVault.open_with_key_file(fan / "vault", fan / "vault.key", SystemEntropy())
    await vault.put(WORDS, " ".join(SEED_WORDS).encode())
    await vault.put(NOSTR_KEY, NOSTR_SECRET)


def arguments() -> Iterator[bytes]:
    """Of every process that can be seen."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                yield (process / "cmdline").read_bytes().replace(b"\0", b" ")
            except OSError:
                continue


def said_by(window: MainWindow) -> Iterator[str]:
    """All words of a window, seen or not, and what a screen reader has of it."""
    for label in window.findChildren(QLabel):
        yield from (label.text(), label.accessibleName(), label.toolTip())
    yield from seen_by_screen_readers(window)
    yield window.toast.text
    yield window.windowTitle()
    yield QGuiApplication.clipboard().text()


async def live(window: MainWindow, app: App) -> list[str]:
    """A tip, an error, the lock, the words: what is said of errors."""
    errors: list[str] = []
    await until(lambda: any(v.author.can_be_tipped for v in app.feeds.posts()), seconds=30)
    view = next(v for v in app.feeds.posts() if v.author.can_be_tipped)
    window.models.tips.send(view, Msat(21_000))
    await until(lambda: any(tip.state.is_paid for tip in app.tips.tips()), seconds=30)
    try:
        app.wallet.preview(encode_nsec(PrivateKey(NOSTR_SECRET)))
    except TipDeskError as error:
        errors += [str(error), repr(error)]
    await app.keys.lock.set(PASSPHRASE)
    try:
        await app.keys.lock.check(WRONG_PASSPHRASE)
    except WrongLockPassphrase as error:
        errors += [str(error), repr(error)]
    await asyncio.sleep(app.keys.lock.wait_s)
    window.open_page(PageName.SETTINGS)
    window.pages.settings.open_section(window.pages.settings.keys)
    window.pages.settings.keys.words_button.click()
    window.models.seed_words.reveal(PASSPHRASE)
    await until(lambda: bool(window.models.seed_words.words), seconds=10)
    window.models.seed_words.hide()
    window.models.lock.lock()
    window.models.lock.unlock(PASSPHRASE)
    await until(lambda: not window.lock.is_locked, seconds=10)
    errors += [repr(app.core.identity), repr(app.keys.words), repr(app.keys.nostr)]
    assert len(errors) == 7
    return errors


@pytest.mark.timeout(240)
def test_planted_secrets_are_found_nowhere(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger().addHandler(remembered)

    async def whole() -> None:
        await plant(tmp_path)
        shown = Shown(tmp_path)
        async with shown.program() as program:
            press(part(program, Step.WELCOME, Welcome).practice)
            window = await shown.window(program)
            assert shown.app is not None
            assert shown.app.core.identity.words == tuple(SEED_WORDS)
            said_of_errors = await live(window, shown.app)
            check("the log", caplog.text.encode())
            assert caplog.records
            for error in said_of_errors:
                check("an error", error.encode())
            for page in PageName:
                window.open_page(page)
                await asyncio.sleep(0.05)
            for text in said_by(window):
                check("the window", text.encode())
            logging.getLogger("tipdesk.tests").warning("words: %s", " ".join(SEED_WORDS))
            report = shown.app.diagnostics.report()
            assert "<words>" in report
            assert "block:" in report
            check("the report", report.encode())
            caplog.clear()
            for line in arguments():
                check("an argument", line)

    try:
        run(whole)
    finally:
        logging.getLogger().removeHandler(remembered)
    check("the log", caplog.text.encode())
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "money.db" for path in kept)
    for path in kept:
        if path.name not in ("vault", "vault.key"):
            check(path.name, path.read_bytes())


def test_the_search_finds_what_is_there() -> None:
    for secret in writings().values():
        with pytest.raises(AssertionError):
            check("a file", b"before " + secret + b" after")
    with pytest.raises(AssertionError):
        check("a file", NOSTR_SECRET.hex().upper().encode())
