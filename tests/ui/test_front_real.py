"""First runs with nothing played: real nodes, a real chain, real files, the real window."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import until
from tests.ui.test_front import main_window, part, press, windows
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.app.container import App
from tipdesk.app.front import FrontDoor
from tipdesk.app.identity import WORDS
from tipdesk.app.preferences import open_preferences
from tipdesk.app.system import SystemEntropy
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.demo.practise import practise
from tipdesk.tips.history import PaymentState
from tipdesk.tips.payment import Succeeded
from tipdesk.ui.loop import run
from tipdesk.ui.start import Inbox, Program
from tipdesk.ui.viewmodels.front import FrontViewModel, Step
from tipdesk.ui.viewmodels.front_draft import You
from tipdesk.ui.views.front_steps import YouStep
from tipdesk.ui.views.front_waits import UnlockStep
from tipdesk.ui.views.front_wallet import OwnWalletStep
from tipdesk.ui.views.front_welcome import Welcome
from tipdesk.ui.views.main_window import MainWindow

PASSPHRASE = "correct horse battery"
LENT = Msat(1_000_000_000)


class Shown:
    """The start of the program over a folder, with the practice network beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.practice = PracticeChild(folder / "demo" / "practice")
        self._preferences = open_preferences(folder)
        self.door = FrontDoor(folder, self._preferences, self._practise)
        self.app: App | None = None

    @asynccontextmanager
    async def _practise(self, progress: Callable[[str], None]) -> AsyncIterator[App]:
        async with practise(self.folder / "demo", self._preferences, progress) as self.app:
            self.app.tips.undo_window_ms = 0
            yield self.app

    @asynccontextmanager
    async def program(self) -> AsyncIterator[Program]:
        """Begun, and ended when the person closes what there is."""
        program = Program(self.door, Inbox(()))
        program.begin()
        running = asyncio.create_task(program.run())
        await asyncio.sleep(0.05)
        yield program
        for window in windows():
            window.close()
        async with asyncio.timeout(20):
            await running

    async def window(self, program: Program) -> MainWindow:
        """The main window, once it is there."""
        model = program.model

        def has_come() -> bool:
            assert not model.problem, model.problem
            return [type(one) for one in windows()] == [MainWindow]

        await until(has_come, seconds=90)
        return main_window()


def answer(model: FrontViewModel, chain: str, relay: str) -> None:
    """The four answers; the practice network is none that the window offers."""
    model.suggest_for("regtest")
    model.answered()
    model.draft.chain, model.draft.relays = chain, relay
    model.answered()
    if model.step is Step.YOU:
        model.draft.you = You.NONE
        model.answered()
    assert model.step is Step.KEYS, model.problem
    model.draft.in_keyring = False
    model.draft.passphrase = model.draft.again = PASSPHRASE
    model.answered()


async def practise_and_tip(shown: Shown) -> None:
    """By one press from nothing to a tip that was paid."""
    async with shown.program() as program:
        press(part(program, Step.WELCOME, Welcome).practice)
        window = await shown.window(program)
        app = shown.app
        assert app is not None
        await until(lambda: any(v.author.can_be_tipped for v in app.feeds.posts()), seconds=30)
        view = next(v for v in app.feeds.posts() if v.author.can_be_tipped)
        window.models.tips.send(view, Msat(21_000))
        await until(lambda: any(tip.state.is_paid for tip in app.tips.tips()), seconds=30)


async def lend(shown: Shown) -> None:
    """The photographer, who can pay nobody before, is given some of the fan's money."""
    async with shown.program() as program:
        await shown.window(program)
        app = shown.app
        assert app is not None
        await until(lambda: any(c.is_usable for c in app.core.node.book.all()), seconds=30)
        invoice = await shown.practice.call_member(
            "photographer", "create_invoice", amount_msat=LENT.value, description="lent"
        )
        update = await app.wallet.pay(app.wallet.preview(invoice["invoice"]))
        assert isinstance(update, Succeeded), update


async def bring_a_wallet(shown: Shown) -> None:
    """The link of another's TipDesk is pasted at the first start, and that wallet pays."""
    served = await shown.practice.call_member(
        "photographer",
        "create_connection",
        name="Robin",
        permissions=["PAY", "INVOICE", "OWN_PAYMENTS", "BALANCE"],
        budget_msat=LENT.value,
    )
    async with shown.program() as program:
        model = program.model
        model.cancel()
        await until(lambda: not program.is_busy, seconds=20)
        press(part(program, Step.WELCOME, Welcome).own)
        own = part(program, Step.OWN_WALLET, OwnWalletStep)
        assert own.form is not None
        own.form.link.setText(served["link"])
        press(own.form.button)
        await until(lambda: bool(own.form and own.form.found_text), seconds=20)
        # The wallet said which network it is on; what is public there, nobody here can reach.
        assert model.draft.network == "regtest"
        place = shown.practice.description["electrum"]
        model.draft.chain = f"tcp://{place['host']}:{place['port']}"
        model.draft.relays = str(shown.practice.description["relay"])
        press(program.front.go_on)
        part(program, Step.YOU, YouStep)
        model.draft.you = You.NONE
        press(program.front.go_on)
        model.draft.in_keyring = False
        model.draft.passphrase = model.draft.again = PASSPHRASE
        model.answered()
        window = await shown.window(program)
        await pay_with_it(shown, window)
    assert served["link"].encode() not in b"".join(
        path.read_bytes() for path in shown.folder.rglob("*") if path.is_file()
    )


async def pay_with_it(shown: Shown, window: MainWindow) -> None:
    """What the window shows is the wallet's, and the invoice is paid from its channels."""
    wallet = window.models.wallet
    await until(lambda: wallet.summary.spendable > Msat(0), seconds=20)
    assert wallet.summary.elsewhere is not None
    assert wallet.summary.in_channels <= LENT
    amount = Msat(21_000)
    invoice = await shown.practice.call_member(
        "musician", "create_invoice", amount_msat=amount.value, description="thanks"
    )
    wallet.look_at(invoice["invoice"])
    wallet.pay()
    await until(lambda: wallet.history.rowCount() == 1 and not wallet.is_paying, seconds=30)
    # On a slow machine the wallet's answer may come after the window has ceased to wait for it.
    await until(lambda: wallet.history.view(0).status is PaymentState.SUCCEEDED, seconds=30)
    received = await shown.practice.call_member(
        "musician", "received", payment_hash=invoice["payment_hash"]
    )
    assert received["amount_msat"] == amount.value
    (used,) = await shown.practice.call_member("photographer", "connections")
    assert amount.value < used["used_msat"] < 2 * amount.value


async def quit_in_the_middle(shown: Shown) -> None:
    """A payment hangs at the creator's node: the window is left twice, and it ends once."""
    amount = Msat(5_000_000)
    invoice = await shown.practice.call_member(
        "musician", "create_invoice", amount_msat=amount.value, description="thanks"
    )
    payment_hash = PaymentHash(bytes.fromhex(invoice["payment_hash"]))
    before = await begin_and_wait_it_out(shown, invoice["invoice"], payment_hash)
    await leave_at_once(shown, payment_hash)
    await shown.practice.call("thaw", name="musician")
    async with shown.program() as program:
        await shown.window(program)
        app = shown.app
        assert app is not None
        await until(lambda: state_of(app, payment_hash) is PaymentState.SUCCEEDED, seconds=30)
        received = await shown.practice.call_member(
            "musician", "received", payment_hash=invoice["payment_hash"]
        )
        assert received["amount_msat"] == amount.value
        stored = app.core.store.payment(payment_hash)
        assert stored is not None
        spent = amount + (stored.fee or Msat(0))
        assert spent > amount
        await until(lambda: before - ours(app) == spent, seconds=20)
        assert len([p for p in app.wallet.payments() if p.payment_hash == payment_hash]) == 1


async def begin_and_wait_it_out(shown: Shown, invoice: str, payment_hash: PaymentHash) -> Msat:
    """It says what waits, stays if that is wanted, and then waits as long as it says."""
    async with shown.program() as program:
        window = await shown.window(program)
        app, leaving = shown.app, window.models.leaving
        assert app is not None
        await until(lambda: any(c.is_usable for c in app.core.node.book.all()), seconds=30)
        before = ours(app)
        await shown.practice.call("freeze", name="musician")
        window.models.wallet.look_at(invoice)
        window.models.wallet.pay()
        await until(lambda: bool(app.core.store.open_attempts()), seconds=20)
        window.quit()
        await until(window.leaving.isVisible)
        assert "1 payment is on its way." in window.leaving.said_text
        assert "waits 20 seconds more at the most" in window.leaving.said_text
        window.leaving.main.click()
        assert window.leaving.isHidden()
        leaving.most_seconds = 1
        began = asyncio.get_running_loop().time()
        window.quit()
        assert program.is_busy
        await until(lambda: not program.is_busy, seconds=20)
        # The timer that counts is as coarse as Qt has it.
        assert asyncio.get_running_loop().time() - began > 0.8
        return before


async def leave_at_once(shown: Shown, payment_hash: PaymentHash) -> None:
    """The next start still follows it; whoever will not wait need not."""
    async with shown.program() as program:
        window = await shown.window(program)
        assert shown.app is not None
        assert state_of(shown.app, payment_hash) is PaymentState.IN_FLIGHT
        window.quit()
        await until(window.leaving.isVisible)
        window.leaving.away.click()
        await until(lambda: not windows(), seconds=1)
        await until(lambda: not program.is_busy, seconds=15)


def ours(app: App) -> Msat:
    """Our side of every channel."""
    return sum((view.ours for view in app.channels.channels()), Msat(0))


def state_of(app: App, payment_hash: PaymentHash) -> PaymentState | None:
    """How the history has a payment."""
    found = (p.status for p in app.wallet.payments() if p.payment_hash == payment_hash)
    return next(found, None)


async def make_and_restore(shown: Shown) -> None:
    """A wallet with a passphrase; its words bring it back beside it."""
    described = shown.practice.description
    place = described["electrum"]
    chain = f"tcp://{place['host']}:{place['port']}"
    relay = str(described["relay"])
    async with shown.program() as program:
        # What was open last opens by itself, unless the person wants something else.
        model = program.model
        assert model.step is Step.STARTING
        model.cancel()
        await until(lambda: not program.is_busy, seconds=20)
        model.make_new()
        answer(model, chain, relay)
        window = await shown.window(program)
        assert window.models.wallet.summary.onchain_confirmed == Sat(0)
        await until(lambda: window.models.status.status.chain_height is not None, seconds=20)
    vault = await FileVault.open(
        shown.folder / "profiles" / "main" / "vault", PASSPHRASE.encode(), SystemEntropy()
    )
    words = await vault.get(WORDS)
    assert words is not None
    async with shown.program() as program:
        # The same profile is asked for its passphrase at the next start.
        unlock = part(program, Step.UNLOCK, UnlockStep)
        unlock.passphrase.setText("not this one")
        unlock.unlock()
        await until(lambda: bool(unlock.problem_text), seconds=20)
        model = program.model
        model.show_welcome()
        model.make_restored()
        model.draft.words = words.decode()
        model.answered()
        answer(model, chain, relay)
        await shown.window(program)
    again = await FileVault.open(
        shown.folder / "profiles" / "main-2" / "vault", PASSPHRASE.encode(), SystemEntropy()
    )
    assert await again.get(WORDS) == words


@pytest.mark.timeout(240)
def test_first_runs(qapp: QApplication, tmp_path: Path) -> None:
    async def whole() -> None:
        shown = Shown(tmp_path)
        await shown.practice.start()
        try:
            await practise_and_tip(shown)
            await lend(shown)
            await quit_in_the_middle(shown)
            await make_and_restore(shown)
            await bring_a_wallet(shown)
        finally:
            await shown.practice.stop()

    run(whole)
