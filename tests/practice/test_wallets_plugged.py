"""A fan whose tips are paid by a wallet elsewhere: another member's TipDesk, over a real relay.

The fan is the whole app; the photographer serves the wallet from a process and a node of its own,
and the musician is tipped. All of it shares one relay and one chain, and no part of it is played.
"""

import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.fakes import until
from tests.practising import until as becomes
from tipdesk.app.container import App
from tipdesk.app.logs import remembered
from tipdesk.base.ids import PaymentHash, TipId
from tipdesk.base.units import Msat
from tipdesk.demo.fan import build_fan, prepare_fan
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.nostr.nip47_link import WalletConnectLink, parse_link
from tipdesk.ports.wallets import OWN, WalletId
from tipdesk.services.connections import ConnectionWish
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.views import TipView
from tipdesk.services.wallet_refusals import OwnLink, PaymentsUnderWay
from tipdesk.services.wallets import WalletView
from tipdesk.tips.connection import Permission
from tipdesk.tips.payment import Capability
from tipdesk.tips.timeline import LineKind, LineState, Search
from tipdesk.tips.tip import TipStatus

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMOUNT = Msat(21_000)
GIVEN = 1_000_000_000
"""What the server of the wallet has in its channels, in msat: a million satoshis of the fan's."""
BUDGET = Msat(500_000)
CREATOR, SERVER = "musician", "photographer"
SLOW = 20.0


class Table:
    """The fan's app, which can be started anew, and what the others say of themselves."""

    def __init__(self, folder: Path) -> None:
        self.practice = PracticeChild(folder / "practice")
        self.folder = folder
        self.links: list[WalletConnectLink] = []
        self._end = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    # -- the fan ----------------------------------------------------------------------------------

    async def start(self) -> None:
        self.app: App = await build_fan(self.folder / "fan", self.practice)
        self.app.tips.undo_window_ms = 0
        self._end = asyncio.Event()
        is_there = asyncio.Event()

        async def live() -> None:
            async with self.app.running():
                is_there.set()
                await self._end.wait()

        self._life = asyncio.create_task(live())
        await is_there.wait()
        await prepare_fan(self.app, self.practice, lambda _: None)

    async def stop(self) -> None:
        if self._life is not None:
            self._end.set()
            await self._life

    async def plugged(self, link: WalletConnectLink, name: str) -> WalletId:
        wallet = await self.app.wallets.connect(link, name)
        assert self.view(wallet).is_chosen
        return wallet

    def view(self, wallet: WalletId) -> WalletView:
        return next(one for one in self.app.wallets.views() if one.wallet == wallet)

    async def tip(self) -> TipId:
        """A tip for a post of the creator's, just begun."""
        pubkey = self.practice.description["creators"][CREATOR]["pubkey"]

        def posts() -> list[Any]:
            found = (view for view in self.app.feeds.posts(limit=50))
            return [v for v in found if v.post.author.hex() == pubkey and v.author.can_be_tipped]

        await until(posts, within=SLOW)
        post = posts()[0].post
        return self.app.tips.begin(TipIntent(post.author, post.id, AMOUNT, "for you"))

    def now(self, tip: TipId) -> TipView:
        view = self.app.tips.tip(tip)
        assert view is not None
        return view

    async def settled(self, tip: TipId) -> TipView:
        """With its receipt, judged and matched."""

        def has_receipt() -> bool:
            view = self.now(tip)
            assert view.state is not TipStatus.FAILED, view.sentence
            return view.state is TipStatus.RECEIPT_SEEN

        await until(has_receipt, within=SLOW)
        return self.now(tip)

    def lines(self, payment_hash: PaymentHash | None) -> list[tuple[LineKind, LineState]]:
        assert payment_hash is not None
        page = self.app.timeline.page(Search(payment_hash=payment_hash))
        return [(view.line.kind, view.line.state) for view in page.lines]

    # -- the others -------------------------------------------------------------------------------

    async def call(self, who: str, method: str, /, **params: object) -> Any:
        return await self.practice.call_member(who, method, **params)

    async def received(self, view: TipView) -> int | None:
        answer = await self.call(CREATOR, "received", payment_hash=str(view.payment_hash))
        amount: int | None = answer["amount_msat"]
        return amount

    async def balance(self, name: str) -> int:
        """What is theirs in channels, by their database, once nothing is under way."""
        stored: dict[str, int] = {}

        async def is_quiet() -> bool:
            stored.update(await self.call(name, "stored_balance"))
            return stored["htlcs"] == 0

        await becomes(is_quiet, "payments are under way", SLOW)
        return stored["local_balance_msat"]

    async def serve(self, name: str) -> WalletConnectLink:
        """The photographer's TipDesk connects an app, as its person would."""
        answer = await self.call(
            SERVER,
            "create_connection",
            name=name,
            permissions=["PAY", "INVOICE", "OWN_PAYMENTS", "BALANCE"],
            budget_msat=BUDGET.value,
        )
        self.links.append(parse_link(answer["link"]))
        return self.links[-1]

    async def connection(self, name: str) -> dict[str, Any]:
        listed = await self.call(SERVER, "connections")
        (found,) = [one for one in listed if one["name"] == name]
        return dict(found)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def table(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Table]:
    """Everybody is there, and whoever serves a wallet has something to spend."""
    made = Table(tmp_path_factory.mktemp("table"))
    try:
        await made.practice.start()
        await made.start()
        created = await made.call(SERVER, "create_invoice", amount_msat=GIVEN, description="lent")
        await made.app.wallet.pay(made.app.wallet.preview(created["invoice"]))
        assert await made.balance(SERVER) == GIVEN
        yield made
    finally:
        await made.stop()
        await made.practice.stop()


async def test_a_tip_goes_through_the_channels_of_another_members_tipdesk(table: Table) -> None:
    wallet = await table.plugged(await table.serve("Robin's desk"), "Jonas")
    assert Capability.FEE_LIMIT in table.app.core.backend.capabilities
    ours = (await table.app.core.any_wallet.own.balance()).in_channels
    theirs, creators = await table.balance(SERVER), await table.balance(CREATOR)
    view = await table.settled(await table.tip())
    assert view.fee is not None
    assert await table.received(view) == AMOUNT.value
    assert await table.balance(CREATOR) - creators == AMOUNT.value
    spent = AMOUNT + view.fee
    assert theirs - await table.balance(SERVER) == spent.value
    connection = await table.connection("Robin's desk")
    assert connection["used_msat"] == spent.value
    paid = await table.call(SERVER, "payment", payment_hash=str(view.payment_hash))
    assert (paid["state"], paid["fee_msat"]) == ("succeeded", view.fee.value)
    assert (await table.app.core.any_wallet.own.balance()).in_channels == ours
    assert table.lines(view.payment_hash) == [(LineKind.TIP_SENT, LineState.SETTLED)]
    assert table.view(wallet).under_way == 0


async def test_switching_back_goes_on_in_one_history(table: Table) -> None:
    wallet = await table.plugged(await table.serve("one history"), "Jonas again")
    by_them = await table.settled(await table.tip())
    table.app.wallets.choose(OWN)
    theirs = await table.balance(SERVER)
    by_us = await table.settled(await table.tip())
    assert await table.balance(SERVER) == theirs
    for view in (by_them, by_us):
        assert await table.received(view) == AMOUNT.value
        assert table.lines(view.payment_hash) == [(LineKind.TIP_SENT, LineState.SETTLED)]
    newest = table.app.timeline.page(limit=2).lines
    assert [one.line.payment_hash for one in newest] == [by_us.payment_hash, by_them.payment_hash]
    await table.app.wallets.remove(wallet)
    assert table.lines(by_them.payment_hash) == [(LineKind.TIP_SENT, LineState.SETTLED)]


async def test_a_tip_that_hangs_stays_with_its_wallet_and_is_paid_once(table: Table) -> None:
    wallet = await table.plugged(await table.serve("hanging"), "Slow")
    creators = await table.balance(CREATOR)
    # The wallet's node has no other ways out, and nobody there will answer it.
    await table.practice.call("freeze", name="router-2")
    await table.practice.call("freeze", name="router-3")
    try:
        tip = await table.tip()

        async def is_sent() -> bool:
            return bool((await table.call(SERVER, "stored_balance"))["htlcs"])

        await becomes(is_sent, "the payment was not begun", SLOW)
        table.app.wallets.choose(OWN)
        assert table.view(wallet).under_way == 1
        with pytest.raises(PaymentsUnderWay):
            await table.app.wallets.remove(wallet)
        await table.stop()
        await table.start()
        assert table.app.wallets.chosen.wallet == OWN
        assert table.view(wallet).under_way == 1
        assert table.now(tip).state.may_move_money
        assert not table.now(tip).can_retry
    finally:
        await table.practice.call("thaw", name="router-2")
        await table.practice.call("thaw", name="router-3")
    view = await table.settled(tip)
    assert view.fee is not None
    assert await table.received(view) == AMOUNT.value
    assert await table.balance(CREATOR) - creators == AMOUNT.value
    assert table.view(wallet).under_way == 0
    assert table.lines(view.payment_hash) == [(LineKind.TIP_SENT, LineState.SETTLED)]
    assert (await table.connection("hanging"))["used_msat"] == (AMOUNT + view.fee).value


async def test_an_invoice_through_the_plugged_wallet_is_received_once(table: Table) -> None:
    await table.plugged(await table.serve("paid here"), "Till")
    theirs = await table.balance(SERVER)
    created = await table.app.wallet.create_invoice(AMOUNT, "thanks")
    # Another wallet pays by now; the invoice is asked about where it was made.
    table.app.wallets.choose(OWN)
    paid = await table.call(
        "router-1", "pay", invoice=created.invoice, max_fee_msat=AMOUNT.value // 2
    )
    assert paid["state"] == "succeeded"
    settled = [(LineKind.PAYMENT_RECEIVED, LineState.SETTLED)]
    await until(lambda: table.lines(created.payment_hash) == settled, within=SLOW)
    assert await table.balance(SERVER) - theirs == AMOUNT.value
    await table.stop()
    await table.start()
    assert table.lines(created.payment_hash) == settled
    shown = [p for p in table.app.wallet.payments() if p.payment_hash == created.payment_hash]
    assert [one.amount for one in shown] == [AMOUNT]


async def test_after_it_was_revoked_a_tip_fails_with_a_sentence_and_no_money_moves(
    table: Table,
) -> None:
    wallet = await table.plugged(await table.serve("for a week"), "Gone soon")
    await until(lambda: table.app.wallet.summary().elsewhere is not None, within=SLOW)
    theirs, creators = await table.balance(SERVER), await table.balance(CREATOR)
    connection = await table.connection("for a week")
    await table.call(SERVER, "revoke_connection", id=connection["id"])
    tip = await table.tip()
    await until(lambda: table.now(tip).state is TipStatus.FAILED, within=SLOW)
    view = table.now(tip)
    assert "No money moved." in view.sentence
    assert "revoked" in view.sentence
    assert view.can_retry
    assert table.view(wallet).under_way == 0
    await until(lambda: "revoked" in table.view(wallet).problem, within=SLOW)
    assert await table.balance(SERVER) == theirs
    assert await table.balance(CREATOR) == creators
    assert table.lines(view.payment_hash) == [(LineKind.TIP_SENT, LineState.FAILED)]
    # Nothing of it is in the way: it can go, and the own node pays the same tip.
    await table.app.wallets.remove(wallet)
    again = await table.settled(table.app.tips.retry(tip))
    assert await table.received(again) == AMOUNT.value


async def test_a_link_of_the_fans_own_is_none_to_a_wallet(table: Table) -> None:
    wish = ConnectionWish(name="phone", permissions=frozenset(Permission), budget=BUDGET)
    link = parse_link(table.app.connections.create(wish))
    with pytest.raises(OwnLink):
        await table.app.wallets.connect(link, "me")
    for view in table.app.connections.connections():
        table.app.connections.revoke(view.connection.id)
    with pytest.raises(OwnLink):
        await table.app.wallets.inspect(link)


async def test_no_secret_of_a_link_is_left_anywhere_but_in_the_vault(
    table: Table, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().addHandler(remembered)
    try:
        with caplog.at_level(logging.DEBUG):
            wallet = await table.plugged(await table.serve("the last"), "Last")
            await table.settled(await table.tip())
        views = [repr(one) for one in (table.view(wallet), *table.links)]
        said = [caplog.text, table.app.diagnostics.report(), *views]
    finally:
        logging.getLogger().removeHandler(remembered)
    assert caplog.records
    assert len(table.links) == 6
    await table.stop()
    await table.practice.stop()
    files = [path for path in table.folder.rglob("*") if path.is_file()]
    assert {"money.db", "vault", "log.txt"} <= {path.name for path in files}
    kept = [path for path in files if path.name not in ("vault", "vault.key")]
    for link in table.links:
        for secret in (link.secret, link.secret.hex().encode(), b64encode(link.secret)[:40]):
            assert not [text for text in said if secret in text.encode()]
            assert not [path for path in kept if secret in path.read_bytes()]
