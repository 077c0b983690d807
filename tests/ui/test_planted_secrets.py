"""Secrets are planted in a real profile; nothing that the program leaves or shows holds them.

The profile tips, fails, is locked and unlocked; of four wallets that are plugged into it one
answers. Then its files, the log at DEBUG, the arguments of every process, errors, and all words of
the window are searched for the secrets in every writing.
"""

import asyncio
import base64
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from tests.contract.cln_server import RUNE
from tests.contract.ledger import Ledger
from tests.contract.lnd_server import ADMIN, LndServer
from tests.plugging import FACTS
from tests.ui.conftest import until
from tests.ui.test_front import part, press
from tests.ui.test_front_real import Shown
from tests.ui.test_lock import seen_by_screen_readers
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.adapters.storage.wallets import MoneyWalletStore
from tipdesk.adapters.wallet.words import new_words, seed_from_words
from tipdesk.app.container import App
from tipdesk.app.core import open_money
from tipdesk.app.identity import NOSTR_KEY, WORDS
from tipdesk.app.logs import remembered
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.app.wallets import VaultedLinks
from tipdesk.base.errors import TipDeskError
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip19 import encode_nsec
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.services.app_lock import WrongLockPassphrase
from tipdesk.services.wallets import new_row
from tipdesk.tips.any_link import WalletLink, kind_of, wallet_link
from tipdesk.tips.wallet_link import ServerLink, WalletKind, from_form
from tipdesk.ui.loop import run
from tipdesk.ui.viewmodels.front import Step
from tipdesk.ui.views.front_welcome import Welcome
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

SEED_WORDS = new_words(b"planted for test")
NOSTR_SECRET = bytes(range(101, 133))
PASSPHRASE = "quite unguessable zebra"
WRONG_PASSPHRASE = "nearly unguessable zebra"
NWC_SECRET = bytes(range(141, 173))
PASSWORD = "phoenix:quite-unguessable-ibis"
NOBODY = "127.0.0.1:9"
LINKS = (
    WalletConnectLink(
        pubkey=PrivateKey(bytes([7]) * 32).x_only, relays=(f"ws://{NOBODY}",), secret=NWC_SECRET
    ),
    ServerLink(kind=WalletKind.CORE_LIGHTNING, url=f"https://{NOBODY}", secret=RUNE),
    ServerLink(kind=WalletKind.PHOENIXD, url=f"http://{NOBODY}", secret=PASSWORD),
)
"""Of wallets that are away; LND's is there, with a macaroon of its own."""


@cache
def writings() -> dict[str, bytes]:
    """Each secret in each way in which it could be written."""
    seed = seed_from_words(SEED_WORDS)
    nsec = encode_nsec(PrivateKey(NOSTR_SECRET))
    found = {
        "nsec": nsec.encode(),
        "passphrase": PASSPHRASE.encode(),
        "wrong passphrase": WRONG_PASSPHRASE.encode(),
    }
    found |= {"rune": RUNE.encode(), "password": PASSWORD.encode()}
    found["password, as it is sent"] = base64.b64encode(f":{PASSWORD}".encode())[:40]
    for name, secret in (
        ("seed", seed),
        ("half a seed", seed[:32]),
        ("Nostr key", NOSTR_SECRET),
        ("key of a wallet", NWC_SECRET),
        ("macaroon", bytes.fromhex(ADMIN)),
    ):
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


async def plant(folder: Path, lnd: ServerLink) -> None:
    """The secrets of a profile, as if an earlier run had made them."""
    fan = folder / "demo" / "fan"
    await asyncio.to_thread(fan.mkdir, parents=True)
    vault = await FileVault.open_with_key_file(fan / "vault", fan / "vault.key", SystemEntropy())
    await vault.put(WORDS, " ".join(SEED_WORDS).encode())
    await vault.put(NOSTR_KEY, NOSTR_SECRET)
    database = open_money(fan, Network.REGTEST)
    links: tuple[WalletLink, ...] = (lnd, *LINKS)
    for slot, link in enumerate(links, start=1):
        await VaultedLinks(vault).put(slot, link)
        row = new_row(link, FACTS, now=SystemClock().now(), slot=slot, name=kind_of(link).title)
        MoneyWalletStore(database).add(row)
    database.close()


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
    return [*errors, *await ask_wallets(window, app)]


async def ask_wallets(window: MainWindow, app: App) -> list[str]:
    """What is said of a wallet that answers, of those that do not, and of links that are wrong."""
    said: list[str] = []
    lnd = app.wallets.views()[1]
    await app.wallets.look_again(lnd.wallet)
    app.wallets.choose(lnd.wallet)
    await until(lambda: window.models.wallet.summary.elsewhere is not None, seconds=10)
    await until(lambda: all(view.problem for view in app.wallets.views()[3:]), seconds=15)
    for link in LINKS:
        try:
            await app.wallets.connect(link, "again")
        except TipDeskError as error:
            said += [str(error), repr(error)]
    for wrong in (
        f"{LINKS[0].to_uri()}%",
        LINKS[0].to_uri()[1:],
        f"lndconnect://x?macaroon={RUNE}",
    ):
        try:
            wallet_link(wrong)
        except TipDeskError as error:
            said += [str(error), repr(error)]
    assert len(said) == 12
    return said + [repr(view) for view in app.wallets.views()] + [repr(link) for link in LINKS]


@pytest.mark.timeout(240)
def test_planted_secrets_are_found_nowhere(
    qapp: QApplication,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger().addHandler(remembered)

    async def whole() -> None:
        server = LndServer(Ledger(), tmp_path_factory.mktemp("lnd"))
        await server.start()
        assert server.certificate is not None
        pin = server.certificate.digest
        url = f"https://127.0.0.1:{server.port}"
        await plant(tmp_path, from_form(WalletKind.LND, url, ADMIN, pin))
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
        assert "GET /v1/getinfo" in server.asked
        await server.stop()

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
