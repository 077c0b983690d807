"""What `--screenshots` shows beside the pages: a wallet with a past, and what floats."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Final

from tipdesk.app.container import App
from tipdesk.base.units import Sat
from tipdesk.demo.fan import until
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.services.views import PostView
from tipdesk.ui.main import Scene
from tipdesk.ui.views.creator import CreatorPage, Side
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.wallet import WalletPage
from tipdesk.ui.widgets.post_card import PostCard

SECOND_ROUTER: Final = "router-2"
SECOND_CHANNEL: Final = Sat(2_500_000)
BOUGHT: Final = (
    ("musician", 420_000, "Cello lessons, four afternoons"),
    ("photographer", 38_500, "Print no. 14, framed"),
    ("writer", 2_100, "The canal book, as a file"),
)
_QUOTE_SECONDS: Final = 0.4
_PROBE_SECONDS: Final = 2.0
_ASKED: Final = cycle(
    (
        ("15,000", "A song for a wedding"),
        ("4,200", "Liner notes, two pages"),
        ("30,000", "An evening of tuning"),
        ("800", "Coffee and cake"),
    )
)


async def fill_wallet(fan: App, practice: PracticeChild) -> None:
    """Payments both ways and an invoice that waits; once for a profile."""
    if fan.wallet.payments(1):
        return
    for name, sat, text in BOUGHT:
        invoice = await _invoice(practice, name, sat, text)
        await fan.wallet.pay(fan.wallet.preview(invoice))
    ours = await fan.wallet.create_invoice(Sat(25_000).to_msat(), "Two tickets, front row")
    await practice.call_member("musician", "pay", invoice=ours.invoice, max_fee_msat=250_000)
    await until(lambda: _came_in(fan, ours.payment_hash), "the invoice was not paid")
    await fan.wallet.create_invoice(Sat(12_000).to_msat(), "Proof-reading, three pages")


async def open_second_channel(fan: App, practice: PracticeChild) -> None:
    """A smaller channel with another router, if there is none yet."""
    if len(fan.core.node.book.all()) > 1:
        return
    peer = str(practice.description["nodes"][SECOND_ROUTER])
    await fan.channels.open(peer, SECOND_CHANNEL, announce=False)
    await practice.call("mine", count=6)
    await until(
        lambda: all(channel.is_usable for channel in fan.core.node.book.all()),
        "the second channel does not work",
    )


def _came_in(fan: App, payment_hash: object) -> bool:
    views = (view for view in fan.wallet.payments() if view.payment_hash == payment_hash)
    return any(view.status.name == "SUCCEEDED" for view in views)


async def _invoice(practice: PracticeChild, name: str, sat: int, text: str) -> str:
    answer = await practice.call_member(
        name, "create_invoice", amount_msat=sat * 1_000, description=text
    )
    return str(answer["invoice"])


def scenes(practice: PracticeChild) -> dict[str, Scene]:
    """By name, in an order in which none disturbs the next."""
    return {
        "send": partial(_send, practice),
        "receive": _receive,
        "reader": _read,
        "picture": _look,
        "tip-panel": _ask_tip,
        "undo": _tip,
    }


def desk_scenes() -> dict[str, Scene]:
    """Every side of the creator's desk, by name."""
    return {f"creator-{side.name.lower()}": partial(_open_side, side) for side in Side}


async def _open_side(side: Side, window: MainWindow) -> None:
    window.open_page(PageName.CREATOR)
    page = window.pages.page(PageName.CREATOR)
    if not isinstance(page, CreatorPage):
        raise TypeError("the creator's page is another one")
    page.open_side(side)
    match side:
        case Side.ALERTS:
            window.models.desk.alerts.trial(Sat(21).to_msat())
        case Side.RECEIVING:
            page.receiving.button.click()
            await asyncio.sleep(_PROBE_SECONDS)


async def _send(practice: PracticeChild, window: MainWindow) -> None:
    page = _wallet(window)
    page.open_send()
    invoice = await _invoice(practice, "photographer", 61_000, "Print no. 3, large")
    if page.send_panel is not None:
        page.send_panel.text.setPlainText(invoice)
    await asyncio.sleep(_QUOTE_SECONDS)


async def _receive(window: MainWindow) -> None:
    page = _wallet(window)
    page.open_receive()
    if page.receive_panel is not None:
        amount, text = next(_ASKED)
        page.receive_panel.amount.setText(amount)
        page.receive_panel.description.setText(text)
        page.receive_panel.make_button.click()


async def _read(window: MainWindow) -> None:
    window.open_page(PageName.FEED)
    window.reader.open_for(max(_posts(window), key=lambda view: len(view.post.text)))


async def _look(window: MainWindow) -> None:
    window.open_page(PageName.FEED)
    view = next(view for view in _posts(window) if view.post.images)
    window.viewer.open_for(view, 0)
    await asyncio.sleep(_QUOTE_SECONDS)


async def _ask_tip(window: MainWindow) -> None:
    window.viewer.dismiss()
    window.open_page(PageName.FEED)
    await _move_to(window, lambda view: not view.post.images and view.author.can_be_tipped)
    card = window.pages.feed.list.card(window.pages.feed.list.current)
    if isinstance(card, PostCard):
        card.ask_amount()
    window.tip_panel.amount.setText("2,100")
    window.tip_panel.comment.setText("For the next roll of film")


async def _tip(window: MainWindow) -> None:
    window.open_page(PageName.FEED)
    window.pages.feed.list.to_top()
    view = next(view for view in _posts(window) if view.author.can_be_tipped)
    window.models.tips.send(view, Sat(100).to_msat(), "Encore!")
    await asyncio.sleep(2 * _QUOTE_SECONDS)


async def _move_to(window: MainWindow, wanted: Callable[[PostView], bool]) -> None:
    rows = enumerate(_posts(window))
    window.pages.feed.list.set_current(next(row for row, view in rows if wanted(view)))
    await asyncio.sleep(_QUOTE_SECONDS)


def _posts(window: MainWindow) -> list[PostView]:
    model = window.models.feed.posts
    views = (model.view(row) for row in range(min(40, model.rowCount())))
    return [view for view in views if view is not None]


def _wallet(window: MainWindow) -> WalletPage:
    window.open_page(PageName.WALLET)
    page = window.pages.page(PageName.WALLET)
    if not isinstance(page, WalletPage):
        raise TypeError("the wallet has another page")
    return page
