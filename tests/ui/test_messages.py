"""The page of private messages: read, written, asked for, refused, and long."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_messages import READER, STRANGER, long_talk, written
from tests.ui.test_pages import texts
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.nostr.nip17 import MAX_MESSAGE_CHARS
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.messages import Delivery
from tipdesk.services.messages import NoPlaceForMessages
from tipdesk.services.views import IncomingTip, PrivateNote
from tipdesk.ui.viewmodels.messages import Side
from tipdesk.ui.viewmodels.messages_rows import READ_AT_ONCE, day_line
from tipdesk.ui.views.creator import CreatorPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.messages import MessagesPage
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.bubble_row import BubbleRow
from tipdesk.ui.widgets.conversation_row import ConversationRow
from tipdesk.ui.widgets.income_row import IncomeRow

LEFT = Qt.MouseButton.LeftButton
ENTER, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier
LONG_MS = 60.0


@pytest.fixture(autouse=True)
def all_take_messages(stage: Stage) -> None:
    """Everybody of the cast can be written to, until a test says otherwise."""
    stage.messages.words.reachable |= {p.pubkey for p in content.PEOPLE}


def open_messages(window: MainWindow) -> MessagesPage:
    """The page, open."""
    window.open_page(PageName.MESSAGES)
    return window.pages.messages


def bubble(page: MessagesPage, text: str) -> BubbleRow:
    """The bubble on the screen that begins so."""
    cards = page.pane.list.cards().values()
    found = [c for c in cards if isinstance(c, BubbleRow) and c.words.text().startswith(text)]
    assert len(found) == 1, text
    return found[0]


def test_the_list_is_led_by_the_keyboard_and_enter_opens_and_reads(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        page, rail = open_messages(window), window.rail.buttons[PageName.MESSAGES]
        assert rail.accessibleName() == "Messages, 2 new"
        assert window.focusWidget() is page.list
        QTest.keyClick(page.list, Qt.Key.Key_J)
        QTest.keyClick(page.list, Qt.Key.Key_J)
        card = page.list.card(1)
        assert isinstance(card, ConversationRow)
        assert card.accessibleName() == (
            "Béla Photographs, 2 unread messages. They go quickly at the market."
        )
        assert stage.messages.book.unread() == 2
        QTest.keyClick(page.list, ENTER)
        assert stage.messages.book.unread() == 0
        await until(lambda: rail.accessibleName() == "Messages")
        assert window.focusWidget() is page.pane.composer.edit
        assert page.pane.accessibleName() == "Conversation with Béla Photographs"
        QTest.keyClick(page.pane.composer.edit, Qt.Key.Key_Escape)
        assert window.focusWidget() is page.list

    play(scene)


def test_a_press_opens_a_conversation(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        middle = page.list.row_rect(2).center()
        QTest.mouseClick(page.list.viewport(), LEFT, pos=QPoint(middle.x(), middle.y()))
        assert window.models.messages.peer == content.CHIDI

    play(scene)


def test_bubbles_say_the_day_the_tip_and_how_far_each_came(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.resize(1_280, 1_600)
        window.open_conversation(content.ANA.pubkey)
        page = window.pages.messages
        await until(lambda: "Today" in texts(page.pane.list))
        assert "Yesterday" in texts(page.pane.list)
        assert bubble(page, "For the kitchen").tip.text() == "With a tip of 2,100 sat"
        assert bubble(page, "We will both").meta.text().endswith(" · kept by 2 of 3 relays")
        assert bubble(page, "He is already").meta.text().endswith(" · on its way")
        assert bubble(page, "Bring the dog").accessibleName().startswith("Ana Ruiz, ")
        assert bubble(page, "We will both").accessibleName().startswith("You, ")

    play(scene)


def test_a_tip_that_our_wallet_does_not_know_is_the_writers_word(play: Play, stage: Stage) -> None:
    came = stage.creator.incoming(1)[0]
    book = stage.messages.book

    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.BELA.pubkey)
        claim = written(content.BELA, 1, "them", 0, "unproven", sat=5_000_000)
        book.put(claim)
        proven = replace(written(content.BELA, 2, "them", 0, "proven", sat=1), claimed=Msat(1_000))
        book.put(replace(proven, payment_hash=PaymentHash(came.payment_hash)))
        await until(lambda: window.models.messages.bubbles.rowCount() == 5)
        page = window.pages.messages
        said = bubble(page, "unproven").tip.text()
        assert said == "With a tip of 5,000,000 sat, by their word"
        assert bubble(page, "proven").tip.text() == "With a tip of 500 sat"

    play(scene)


def test_enter_sends_and_shift_enter_begins_a_line(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.ANA.pubkey)
        page, edit = window.pages.messages, window.pages.messages.pane.composer.edit
        QTest.keyClick(edit, ENTER)
        QTest.keyClicks(edit, "one")
        QTest.keyClick(edit, ENTER, SHIFT)
        QTest.keyClicks(edit, "two")
        QTest.keyClick(edit, ENTER)
        await until(lambda: edit.toPlainText() == "")
        assert stage.messages.service.sent == [(content.ANA.pubkey, "one\ntwo")]
        await until(lambda: any(c for c in page.pane.list.cards().values()))
        await until(lambda: bubble(page, "one\ntwo").meta.text().endswith("on its way"))
        sent = stage.messages.book.messages(content.ANA.pubkey)[0]
        kept = written(content.ANA, 0, "me", 0, sent.text)
        stage.messages.book.put(replace(kept, message_id=sent.message_id, at=sent.at))
        await until(lambda: "kept by 2 of 3" in bubble(page, "one\ntwo").meta.text())

    play(scene)


def test_what_was_not_delivered_says_why_and_is_tried_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.CHIDI.pubkey)
        page = window.pages.messages
        card = bubble(page, "It made my Sunday")
        assert card.problem.text() == "Not delivered: inbox.example is full. You can try again."
        QTest.mouseClick(card.retry_button, LEFT)
        page.pane.list.setFocus()
        QTest.keyClick(page.pane.list, Qt.Key.Key_K)
        QTest.keyClick(page.pane.list, ENTER)
        assert stage.messages.service.retried == [card.bubble.view.message_id] * 2  # type: ignore[union-attr]
        QTest.keyClick(page.pane.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == "It made my Sunday."
        assert window.toast.text == "Copied."

    play(scene)


def test_who_takes_no_messages_is_known_before_anything_is_written(
    play: Play, stage: Stage
) -> None:
    places = stage.messages.places
    stage.messages.words.sought.add(content.ANA.pubkey)
    stage.messages.words.reachable.clear()

    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.ANA.pubkey)
        pane = window.pages.messages.pane
        assert places.asked == [content.ANA.pubkey]
        assert pane.hint_text == "Finding out where Ana Ruiz takes private messages …"
        QTest.keyClicks(pane.composer.edit, "kept")
        QTest.keyClick(pane.composer.edit, ENTER)
        await until(lambda: pane.problem_text.startswith("No relay answered where"))
        assert pane.composer.text == "kept"
        places.found(content.ANA.pubkey, takes=False)
        await until(lambda: pane.problem_text == str(NoPlaceForMessages("Ana Ruiz")))
        assert pane.composer.isHidden()
        places.found(content.ANA.pubkey, takes=True)
        await until(lambda: pane.composer.isVisible())
        assert pane.hint_text == (
            "Only Ana Ruiz can read it, and keeps it. "
            "Relays see that somebody wrote to them, not who, nor what."
        )
        assert stage.messages.service.sent == []

    play(scene)


def test_what_is_begun_is_there_again_and_the_limit_is_counted(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        composer = window.pages.messages.pane.composer
        window.open_conversation(content.ANA.pubkey)
        composer.edit.setPlainText("a" * (MAX_MESSAGE_CHARS - 1))
        assert composer.count.text() == "7,999 of 8,000"
        assert composer.button.isEnabled()
        composer.edit.setPlainText("a" * (MAX_MESSAGE_CHARS + 1))
        assert not composer.button.isEnabled()
        composer.edit.setPlainText("half a")
        window.open_conversation(content.BELA.pubkey)
        assert composer.text == ""
        window.open_conversation(content.ANA.pubkey)
        assert composer.text == "half a"
        assert composer.count.isHidden()

    play(scene)


def test_strangers_do_not_ring_and_are_accepted_or_deleted(play: Play, stage: Stage) -> None:
    book = stage.messages.book

    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        window.open_page(PageName.FEED)
        book.put(written(STRANGER, 60, "new", 0, "ring ring"))
        await until(lambda: window.models.messages.people.rowCount() == 5)
        assert window.toast.text == ""
        assert window.models.messages.unread == 2
        open_messages(window)
        assert page.sides[Side.REQUESTS].text() == "Requests 2"
        QTest.mouseClick(page.sides[Side.REQUESTS], LEFT)
        page.list.setFocus()
        QTest.keyClick(page.list, Qt.Key.Key_J)
        QTest.keyClick(page.list, ENTER)
        assert window.models.messages.peer == STRANGER
        assert page.pane.composer.isHidden()
        QTest.mouseClick(page.pane.delete_button, LEFT)
        assert book.messages(STRANGER.pubkey) == ()
        assert window.models.messages.peer is None
        window.open_conversation(READER.pubkey)
        stage.messages.words.reachable.add(READER.pubkey)
        assert window.focusWidget() is page.pane.accept_button
        QTest.keyClick(page.pane.accept_button, Qt.Key.Key_Space)
        await until(lambda: page.pane.composer.isVisible())
        assert window.models.messages.side is Side.PEOPLE
        assert READER.pubkey not in book.strangers

    play(scene)


def test_words_of_people_we_know_ring_unless_they_are_looked_at(play: Play, stage: Stage) -> None:
    book = stage.messages.book

    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.DANA.pubkey)
        book.put(written(content.DANA, 61, "new", 0, "seen at once"))
        await until(lambda: window.models.messages.bubbles.rowCount() == 2)
        assert window.models.messages.unread == 2
        assert window.toast.text == ""
        window.open_page(PageName.FEED)
        book.put(written(content.DANA, 62, "new", 0, "not seen"))
        await until(lambda: window.toast.text == "دانا wrote to you.")
        assert window.rail.buttons[PageName.MESSAGES].accessibleName() == "Messages, 3 new"

    play(scene)


def test_a_conversation_is_deleted_only_after_a_question(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.ANA.pubkey)
        page = window.pages.messages
        QTest.mouseClick(page.pane.forget_button, LEFT)
        panel = page.forget_panel
        assert panel is not None
        assert stage.messages.book.messages(content.ANA.pubkey)
        QTest.keyClick(panel.delete_button, Qt.Key.Key_Space)
        assert stage.messages.book.messages(content.ANA.pubkey) == ()
        await until(lambda: "Private messages" in texts(page))

    play(scene)


def test_five_thousand_messages_open_at_the_end_without_a_pause(play: Play, stage: Stage) -> None:
    stage.messages.book.all[content.ANA.pubkey] = long_talk(content.ANA, 5_000)

    async def scene(window: MainWindow) -> None:
        open_messages(window)
        began = time.perf_counter()
        window.open_conversation(content.ANA.pubkey)
        assert (time.perf_counter() - began) * 1_000 < 3 * LONG_MS
        rows, shown = window.models.messages.bubbles, window.pages.messages.pane.list
        bar = shown.verticalScrollBar()
        assert rows.rowCount() == READ_AT_ONCE
        await until(
            lambda: shown.is_at_end and bubble(window.pages.messages, "Message 4999") is not None
        )
        assert bar.value() == bar.maximum()
        for _ in range(12):
            held, first = rows.rowCount(), shown.first_visible
            bar.setValue(0)
            await until(lambda h=held: rows.rowCount() > h)  # type: ignore[misc]
            assert rows.rowCount() - held in range(1, READ_AT_ONCE + 1)
            assert first >= 0
            assert bar.value() > 0
        assert shown.card_count() <= 40
        assert window.pages.messages.pane.down_button.isVisible()
        QTest.mouseClick(window.pages.messages.pane.down_button, LEFT)
        assert bar.value() == bar.maximum()
        numbers = [rows.view(n).view.message_id for n in range(rows.rowCount())]
        assert len(numbers) == len(set(numbers))

    play(scene)


def test_what_comes_in_moves_nothing_that_is_read_above(play: Play, stage: Stage) -> None:
    stage.messages.book.all[content.ANA.pubkey] = long_talk(content.ANA, 49)

    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.ANA.pubkey)
        shown, rows = window.pages.messages.pane.list, window.models.messages.bubbles
        bar = shown.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        row = shown.first_visible + 1
        before = shown.row_rect(row).top()
        stage.messages.book.put(written(content.ANA, 63, "new", 0, "below"))
        await until(lambda: rows.rowCount() == 50)
        assert shown.row_rect(row).top() == before
        shown.to_end()
        stage.messages.book.put(written(content.ANA, 64, "new", 0, "and seen"))
        await until(lambda: rows.rowCount() == 51)
        assert bar.value() == bar.maximum()
        assert bubble(window.pages.messages, "and seen").isVisible()

    play(scene)


def test_a_long_message_is_shown_whole_when_asked(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        long = "\n".join(f"line {n}" for n in range(60))
        stage.messages.book.put(written(content.DANA, 65, "them", 0, long))
        window.open_conversation(content.DANA.pubkey)
        page = window.pages.messages
        card = bubble(page, "line 0")
        before = card.height()
        QTest.mouseClick(card.whole_button, LEFT)
        await until(lambda: bubble(page, "line 0").height() > 2 * before)
        assert bubble(page, "line 0").whole_button.isHidden()

    play(scene)


def test_markup_stays_text_and_control_characters_are_gone(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.EVIL.pubkey)
        page = window.pages.messages
        card = bubble(page, "<h1>Send me money</h1> <img src=x")
        assert "\u202e" not in card.words.text()
        assert card.words.natural[0] <= card.width()
        formats = {label.textFormat() for label in page.findChildren(QLabel)}
        assert formats == {Qt.TextFormat.PlainText}

    play(scene)


def test_people_are_searched_and_nobody_is_a_sentence(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, rows = open_messages(window), window.models.messages.people
        QTest.keyClick(page.list, Qt.Key.Key_Slash)
        assert window.focusWidget() is page.search
        QTest.keyClicks(page.search, "market")
        await until(lambda: rows.rowCount() == 1)
        assert rows.view(0).peer == content.BELA
        page.search.setText("nobody at all")
        await until(lambda: "Nobody fits." in texts(page))
        QTest.keyClick(page.search, Qt.Key.Key_Escape)
        await until(lambda: rows.rowCount() == 5)
        assert window.focusWidget() is page.list

    play(scene)


def test_a_new_message_is_for_somebody_followed_or_pasted(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        QTest.keyClick(page.list, Qt.Key.Key_N)
        panel = page.new_panel
        assert panel is not None
        QTest.keyClicks(panel.text, "chi")
        QTest.keyClick(panel.text, ENTER)
        assert window.models.messages.peer == content.CHIDI
        assert panel.isHidden()
        page.open_new()
        panel.text.setText("no such person")
        assert panel.problem_text.startswith("This names nobody")
        panel.text.setText(f"nostr:{encode_npub(content.FRAN.pubkey)}")
        assert panel.found.accessibleName().startswith("Fran without an address")
        QTest.keyClick(panel.text, ENTER)
        assert window.models.messages.peer == content.FRAN
        assert "Nothing written yet" in texts(page)
        assert window.focusWidget() is page.pane.composer.edit

    play(scene)


def test_a_new_message_is_for_a_name_once_its_domain_was_asked(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        page.open_new()
        panel = page.new_panel
        assert panel is not None
        QTest.keyClicks(panel.text, "fran@example.org")
        assert "TipDesk asks example.org" in panel.problem_text
        assert stage.names.asked == []
        QTest.keyClick(panel.text, ENTER)
        await until(lambda: panel.found.accessibleName().startswith("Fran without an address"))
        assert stage.names.asked == ["fran@example.org"]
        assert not panel.ask.isVisible()
        QTest.keyClick(panel.text, ENTER)
        assert window.models.messages.peer == content.FRAN
        page.open_new()
        panel.text.setText("nobody@example.org")
        QTest.mouseClick(panel.ask.button, LEFT)
        await until(lambda: panel.problem_text == "example.org knows nobody of that name.")
        assert panel.isVisible()

    play(scene)


def test_our_own_places_are_added_dropped_and_a_refusal_is_a_sentence(
    play: Play, stage: Stage
) -> None:
    places = stage.messages.places

    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        QTest.mouseClick(page.places_button, LEFT)
        panel = page.places_panel
        assert panel is not None
        await until(lambda: panel.add_button.text() == "Add")
        QTest.keyClicks(panel.address, "http://wrong")
        QTest.keyClick(panel.address, ENTER)
        await until(lambda: "is not the address of a relay" in panel.problem_text)
        panel.address.setText("wss://mine.example")
        QTest.keyClick(panel.address, ENTER)
        await until(lambda: "wss://mine.example" in places.ours)
        await until(lambda: panel.address.text() == "")
        QTest.mouseClick(panel.lines.lines[0].buttons[0], LEFT)
        await until(lambda: places.ours == ("wss://relay.example", "wss://mine.example"))
        places.problem = "No relay took it: it is full. Try again later."
        await until(lambda: panel.add_button.text() == "Add")
        QTest.mouseClick(panel.lines.lines[0].buttons[0], LEFT)
        await until(lambda: panel.problem_text == places.problem)
        assert len(places.ours) == 2

    play(scene)


def test_without_a_place_the_page_says_so_and_offers_the_first(play: Play, stage: Stage) -> None:
    places = stage.messages.places
    places.ours = ()

    async def scene(window: MainWindow) -> None:
        page = open_messages(window)
        assert any(t.startswith("Nobody can write to you yet") for t in texts(page))
        places.problem = "No relay took it. Try again later."
        QTest.mouseClick(page.open_first_button, LEFT)
        await until(lambda: places.problem in texts(page))
        places.problem = ""
        QTest.mouseClick(page.open_first_button, LEFT)
        await until(lambda: bool(places.ours))
        await until(lambda: not any(t.startswith("Nobody can write") for t in texts(page)))

    play(scene)


def private_tip() -> IncomingTip:
    """One whose words, and whose sender, only the creator knows."""
    note = PrivateNote(content.CHIDI, "for the <b>milkman</b>")
    paid = replace(content.incoming()[1], claimed_name="Somebody else", in_private=note)
    return replace(paid, payment_hash=PaymentHash(content.number(60_000)), at=content.NOW)


def test_words_that_came_in_private_are_marked_and_answered_in_private(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.CREATOR)
        page = window.pages.page(PageName.CREATOR)
        assert isinstance(page, CreatorPage)
        rows = page.income.list
        stage.creator.land(private_tip())
        await until(lambda: window.models.creator.rows.view(0).in_private is not None)
        card, unsigned = rows.card(0), rows.card(2)
        assert isinstance(card, IncomeRow)
        assert isinstance(unsigned, IncomeRow)
        assert card.who.text() == "Chidi Writes tipped you"
        assert card.what.text().startswith("In private: “for the <b>milkman</b>”")
        assert card.private.isVisible()
        assert "In private from Chidi Writes: for the <b>milkman</b>" in card.accessibleName()
        assert unsigned.private.isHidden()
        assert unsigned.reply_button.isHidden()
        rows.setFocus()
        QTest.keyClick(rows, Qt.Key.Key_J)
        QTest.keyClick(rows, Qt.Key.Key_R)
        assert window.page is PageName.MESSAGES
        assert window.models.messages.peer == content.CHIDI

    play(scene)


def test_a_day_is_today_yesterday_or_a_date() -> None:
    noon = content.NOW
    assert day_line(noon, noon) == "Today"
    assert day_line(noon.plus_ms(-24 * content.HOUR), noon) == "Yesterday"
    assert day_line(noon.plus_ms(-72 * content.HOUR), noon) == "25 May 2026"


def test_a_message_on_its_way_that_meets_trouble_says_which(play: Play, stage: Stage) -> None:
    said = "Not delivered yet: inbox.example did not answer. TipDesk goes on trying."
    waiting = written(content.DANA, 66, "me", 0, "slow", Delivery.WAITING)
    stage.messages.book.put(replace(waiting, sentence=said))

    async def scene(window: MainWindow) -> None:
        window.open_conversation(content.DANA.pubkey)
        card = bubble(window.pages.messages, "slow")
        assert card.problem.text() == said
        assert card.retry_button.isHidden()

    play(scene)
