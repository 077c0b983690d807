"""Every page opens with content, in both themes, with names for screen readers."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage, make_stage
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.nostr.feed import Post
from tipdesk.ui.loop import run
from tipdesk.ui.main import screenshots
from tipdesk.ui.theme.theme import Mode, theme
from tipdesk.ui.viewmodels.activity import Show
from tipdesk.ui.views.activity import ActivityPage
from tipdesk.ui.views.channels import ChannelsPage
from tipdesk.ui.views.creator import CreatorPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.wallet import WalletPage
from tipdesk.ui.widgets.post_card import PostCard

LEFT = Qt.MouseButton.LeftButton


def texts(widget: QWidget) -> list[str]:
    """The words of every label that is shown."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_every_page_opens_with_content(play: Play, mode: Mode) -> None:
    async def scene(window: MainWindow) -> None:
        theme().use(mode)
        expected = {
            PageName.FEED: "Ana Ruiz",
            PageName.TIPS: "To Chidi Writes",
            PageName.HISTORY: "Coffee beans, 1 kg",
            PageName.WALLET: "1,402,042.345",
            PageName.CHANNELS: "Harbour Router",
            PageName.CREATOR: "Ana Ruiz tipped you",
            PageName.MESSAGES: "You: He is already waiting at the door",
        }
        for page, words in expected.items():
            window.open_page(page)
            await until(lambda w=words, p=page: w in texts(window.pages.page(p)))  # type: ignore[misc]
            assert window.page is page

    play(scene)


def test_every_control_has_an_accessible_name(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        wallet, channels = window.pages.page(PageName.WALLET), window.pages.page(PageName.CHANNELS)
        assert isinstance(wallet, WalletPage)
        assert isinstance(channels, ChannelsPage)
        for page in PageName:
            window.open_page(page)
            await asyncio.sleep(0.02)
        wallet.open_receive()
        wallet.open_send()
        channels.ask_open()
        channels.ask_close(content.channels()[0])
        kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractScrollArea)
        controls = [c for kind in kinds for c in window.findChildren(kind)]
        nameless = [
            (type(c).__name__, c.parent())
            for c in controls
            if not isinstance(c, QScrollBar) and not c.accessibleName() and c.parent() is not None
        ]
        assert len(controls) > 40
        assert nameless == []

    play(scene)


def test_markup_and_control_characters_are_shown_as_text(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        row = next(i for i, v in enumerate(stage.feeds.posts()) if v.author is content.EVIL)
        posts = window.pages.feed.list
        posts.set_current(row)
        await until(lambda: posts.card(row) is not None)
        card = posts.card(row)
        assert isinstance(card, PostCard)
        assert card.text_label.text().startswith("<h1>Send me money</h1> <script>steal()</script>")
        assert "\u202e" not in card.text_label.text()
        assert "\u0007" not in card.text_label.text()
        for page in PageName:
            window.open_page(page)
            await asyncio.sleep(0.02)
        formats = {label.textFormat() for label in window.findChildren(QLabel)}
        assert formats == {Qt.TextFormat.PlainText}

    play(scene)


def many(count: int) -> list[Post]:
    """Notes of different lengths, the first one the newest."""
    base = content.posts()[0]
    return [
        replace(
            base,
            id=EventId(content.number(10_000 + n)),
            created_at=base.created_at - n,
            text=f"Note {n}. " + "More words. " * (n % 60),
        )
        for n in range(count)
    ]


def test_a_feed_of_five_thousand_posts_has_at_most_thirty_cards(qapp: QApplication) -> None:
    async def scene() -> None:
        stage = make_stage(many(5_000))
        window = MainWindow(stage)
        window.show()
        posts = window.pages.feed.list
        for key in (Qt.Key.Key_End, Qt.Key.Key_Home, *(Qt.Key.Key_PageDown,) * 12):
            QTest.keyClick(posts, key)
            await asyncio.sleep(0.01)
        for value in range(0, posts.verticalScrollBar().maximum(), 40_000):
            posts.verticalScrollBar().setValue(value)
        assert window.models.feed.posts.rowCount() == 5_000
        assert len(posts.viewport().findChildren(PostCard)) <= 30
        assert posts.card_count() <= 30
        window.stop()
        window.close()
        window.deleteLater()

    run(scene)


def test_what_is_read_stays_in_place_when_a_post_comes_in_above(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        posts = window.pages.feed.list
        posts.verticalScrollBar().setValue(900)
        await asyncio.sleep(0.01)
        row = posts.first_visible + 1
        before = posts.row_rect(row).top()
        newest = replace(many(1)[0], created_at=content.NOW.unix_seconds)
        stage.feeds.add(newest)
        await until(lambda: window.models.feed.posts.rowCount() == len(content.posts()) + 1)
        assert posts.row_rect(row + 1).top() == before
        stage.feeds.remove(newest.id)
        await until(lambda: window.models.feed.posts.rowCount() == len(content.posts()))
        assert posts.row_rect(row).top() == before

    play(scene)


def test_the_wheel_glides(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        posts = window.pages.feed.list
        middle = QPointF(posts.viewport().rect().center())
        event = QWheelEvent(
            middle,
            posts.viewport().mapToGlobal(middle),
            QPoint(),
            QPoint(0, -120),
            LEFT,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(posts.viewport(), event)
        assert event.type() == QEvent.Type.Wheel
        await until(lambda: posts.verticalScrollBar().value() >= 100)

    play(scene)


def test_tips_are_listed_by_direction(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = window.pages.page(PageName.TIPS)
        assert isinstance(page, ActivityPage)
        window.open_page(PageName.TIPS)
        model = window.models.activity.rows
        sent, received = len(stage.tips.tips()), len(stage.creator.incoming())
        assert model.rowCount() == sent + received
        QTest.mouseClick(page.filters[Show.RECEIVED], LEFT)
        assert model.rowCount() == received
        QTest.mouseClick(page.filters[Show.SENT], LEFT)
        assert model.rowCount() == sent

    play(scene)


def test_an_invoice_is_made_shown_as_a_code_and_copied(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        page = window.pages.page(PageName.WALLET)
        assert isinstance(page, WalletPage)
        QTest.mouseClick(page.receive_button, LEFT)
        panel = page.receive_panel
        assert panel is not None
        QTest.keyClicks(panel.amount, "50,000")
        QTest.mouseClick(panel.make_button, LEFT)
        await until(lambda: panel.code.isVisible())
        assert len(panel.code.modules) >= 21
        QTest.mouseClick(panel.copy_button, LEFT)
        assert QGuiApplication.clipboard().text() == INVOICE

    play(scene)


def test_an_invoice_is_previewed_with_its_highest_fee_and_then_paid(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.WALLET)
        page = window.pages.page(PageName.WALLET)
        assert isinstance(page, WalletPage)
        page.open_send()
        panel = page.send_panel
        assert panel is not None
        panel.text.setPlainText("lnbc1gibberish")
        assert window.models.wallet.send_problem == "This is not a Lightning invoice."
        assert not panel.button.isEnabled()
        panel.text.setPlainText(f"lightning:{INVOICE}")
        expected = "likely 52.340 sat over 3 channels, at most 500 sat"
        await until(lambda: expected in texts(panel))
        assert stage.wallet.paid == []
        QTest.mouseClick(panel.button, LEFT)
        assert stage.wallet.paid == []
        assert "50,000 sat is a large tip" in window.models.wallet.question
        panel.invoice.again.setText("50000")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: len(stage.wallet.paid) == 1)
        await until(lambda: window.toast.text == "Paid 50,000 sat, 52.340 sat fee.")

    play(scene)


def test_a_channel_is_opened_and_a_refusal_is_a_sentence(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        page = window.pages.page(PageName.CHANNELS)
        assert isinstance(page, ChannelsPage)
        QTest.mouseClick(page.open_button, LEFT)
        panel = page.open_panel
        assert panel is not None
        panel.peer.setText("nobody")
        panel.amount.setText("100,000")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: "Write the peer as node_id@host:port." in texts(panel))
        panel.peer.setText("02aa@127.0.0.1:9735")
        QTest.mouseClick(panel.button, LEFT)
        await until(lambda: stage.channels.opened == [("02aa@127.0.0.1:9735", Sat(100_000))])
        await until(lambda: not panel.isVisible())

    play(scene)


def test_closing_a_channel_is_asked_first(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CHANNELS)
        page = window.pages.page(PageName.CHANNELS)
        assert isinstance(page, ChannelsPage)
        channel = stage.channels.views[0]
        page.ask_close(channel)
        assert stage.channels.closed == []
        assert page.close_panel is not None
        QTest.mouseClick(page.close_panel.button, LEFT)
        await until(lambda: stage.channels.closed == [(channel.channel_id, False)])

    play(scene)


def test_a_tip_that_lands_is_told_wherever_one_is(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        tip = replace(
            content.incoming()[0], payment_hash=PaymentHash(bytes(32)), amount=Msat(42_000)
        )
        stage.creator.land(tip)
        await until(lambda: window.toast.text == "Ana Ruiz tipped you 42 sat.")
        assert window.rail.buttons[PageName.CREATOR].accessibleName() == "Creator, 1 new"
        window.open_page(PageName.CREATOR)
        page = window.pages.page(PageName.CREATOR)
        assert isinstance(page, CreatorPage)
        await until(lambda: "+42 sat" in texts(page))
        assert window.rail.buttons[PageName.CREATOR].accessibleName() == "Creator"

    play(scene)


def test_screenshots_show_pages_in_both_themes(qapp: QApplication, tmp_path: Path) -> None:
    pages = (PageName.FEED, PageName.WALLET)
    files = run(lambda: screenshots(make_stage(), tmp_path, [(1_024, 700)], pages))
    assert len(files) == len(set(files)) == 2 * len(pages)
    light, dark = (QImage(str(tmp_path / f"feed-{m}-1024x700.png")) for m in ("light", "dark"))
    assert light.size() == dark.size()
    assert light.pixelColor(4, 4).lightness() > 200
    assert dark.pixelColor(4, 4).lightness() < 60


def test_the_rail_says_how_much_of_the_map_is_learnt(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        assert "1 peer" in texts(window.rail)
        stage.map_missing = 43_800
        window.models.status.touch()
        await until(lambda: "map 1,200 of 45,000" in texts(window.rail))
        stage.map_missing = 0
        window.models.status.touch()
        await until(lambda: "1 peer" in texts(window.rail))

    play(scene)
