"""The page of people: read, added, changed, brought over and left, by mouse and by keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_book import NODE, OFFER
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.events import PersonChanged
from tipdesk.tips.person import PersonWish, Reach
from tipdesk.tips.timeline import LineKind
from tipdesk.ui.viewmodels.book import LINES_AT_ONCE, Pane
from tipdesk.ui.views.book import BookPage
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.book_row import BookRow
from tipdesk.ui.widgets.field_line import FieldLine

LEFT = Qt.MouseButton.LeftButton
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


def open_book(window: MainWindow) -> BookPage:
    window.open_page(PageName.PEOPLE)
    return window.pages.people


def listed(page: BookPage) -> list[str]:
    rows = page.list.model
    return [rows.view(row).title for row in range(rows.rowCount())]


def shown(page: BookPage) -> str:
    """All words on the right."""
    labels = page.pane.findChildren(QLabel)
    return "\n".join(one.text() for one in labels if one.isVisible())


def put(line: FieldLine, text: str) -> None:
    assert isinstance(line.edit, QLineEdit)
    line.edit.setText(text)


def test_an_empty_book_says_what_it_is_for_and_leads_on(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        assert window.focusWidget() is page._words.action
        assert page._words.title_text == "Nobody is here yet"
        page._words.action.click()
        assert window.focusWidget() is page.form.anything
        QTest.keyClick(page.form.anything, ESCAPE)
        assert window.models.book.book.pane is Pane.NOBODY
        assert window.focusWidget() is page._words.action

    play(scene)


def test_the_list_is_led_by_the_keyboard_and_enter_opens(play: Play, stage: Stage) -> None:
    stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        QTest.keyClick(window, Qt.Key.Key_8, Qt.KeyboardModifier.ControlModifier)
        page = window.pages.people
        assert window.page is PageName.PEOPLE
        for _ in range(5):
            QTest.keyClick(page.list, Qt.Key.Key_J)
        card = page.list.card(4)
        assert isinstance(card, BookRow)
        assert card.accessibleName() == "My sister. ana@music.example"
        QTest.keyClick(page.list, ENTER)
        assert page.pane.name_text == "My sister"
        assert page.pane.origin_text == "Your name for them \u00b7 on Nostr: Ana Ruiz"
        assert page.pane.accessibleName() == "Entry of My sister"

    play(scene)


def test_what_people_wrote_of_themselves_is_shown_as_it_is(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["eve"])
        assert page.pane.name_text == "<b>Eve</b>"
        assert "<img src=x onerror=alert(1)>" in shown(page)
        labels = page.pane.findChildren(QLabel)
        assert all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)

    play(scene)


def test_a_slash_searches_and_escape_lists_everybody_again(play: Play, stage: Stage) -> None:
    stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        assert len(listed(page)) == 7
        QTest.keyClick(page.list, Qt.Key.Key_Slash)
        assert window.focusWidget() is page.search
        QTest.keyClicks(page.search, "kettle")
        await until(lambda: listed(page) == ["My sister"])
        QTest.keyClicks(page.search, "xyz")
        await until(lambda: page._nobody.isVisible())
        assert page._nobody.text() == "Nobody fits."
        QTest.keyClick(page.search, ESCAPE)
        await until(lambda: len(listed(page)) == 7)
        assert window.focusWidget() is page.list

    play(scene)


def test_anything_pasted_finds_its_field_and_enter_saves(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        QTest.keyClick(page.list, Qt.Key.Key_N)
        form = page.form
        for text, said in (
            (encode_npub(content.ANA.pubkey), "That is an npub."),
            (f"lightning:{OFFER.upper()}", "That is an offer."),
            ("\u20bfana@music.example", "That is a payment name."),
            (f"{NODE}@198.51.100.7:9735", "That is a node's key."),
        ):
            form.anything.setText(text)
            assert (form.said_text, form.anything.text()) == (said, "")
        QGuiApplication.clipboard().setText("ana@music.example")
        form.paste_button.click()
        assert form.fields[Reach.ADDRESS].text == "ana@music.example"
        QTest.keyClicks(form.name.edit, "My sister")
        form.usual.setText("2,100")
        QTest.keyClick(form.name.edit, ENTER)
        (view,) = stage.people_book.people()
        assert window.models.book.book.pane is Pane.ENTRY
        assert page.pane.name_text == "My sister"
        assert window.focusWidget() is page.pane.send_button
        person = view.person
        assert (person.offer, person.usual_amount) == (OFFER, Msat(2_100_000))
        assert [person.way(reach) for reach in (Reach.NPUB, Reach.NODE, Reach.PAYMENT_NAME)] == [
            encode_npub(content.ANA.pubkey),
            NODE,
            "\u20bfana@music.example",
        ]

    play(scene)


def test_what_is_typed_by_hand_is_read_on_enter_and_not_before(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.add_person()
        line = page.form.anything
        QTest.keyClicks(line, "ana@music.ex")
        assert page.form.said_text == ""
        QTest.keyClicks(line, "ample")
        QTest.keyClick(line, ENTER)
        assert page.form.fields[Reach.ADDRESS].text == "ana@music.example"
        QTest.keyClicks(line, "hello you")
        QTest.keyClick(line, ENTER)
        assert page.form.said_text.startswith("This is no way to reach somebody again.")

    play(scene)


def test_a_field_that_was_left_says_what_is_wrong_with_it(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["fran"])
        page.pane.edit_button.click()
        form = page.form
        assert window.focusWidget() is form.name.edit
        assert form.name.text == "Fran"
        address = form.fields[Reach.ADDRESS]
        address.edit.setFocus()
        QTest.keyClicks(address.edit, "fran")
        form.name.edit.setFocus()
        wrong = "A lightning address looks like ana@example.com."
        assert address.said_text == address.edit.accessibleDescription() == wrong
        QTest.keyClicks(address.edit, "@example.com")
        assert address.said_text == ""
        npub = form.fields[Reach.NPUB]
        put(npub, encode_npub(content.ANA.pubkey))
        form.save_button.click()
        said = "My sister has this npub already. Change their entry instead."
        assert npub.said_text == said
        assert form.said_text == "Nothing was saved yet: look at what is marked."
        put(npub, "")
        form.save_button.click()
        view = stage.people_book.person(people["fran"])
        assert view is not None
        assert (view.person.npub, view.person.address) == (None, "fran@example.com")
        assert page.pane.name_text == "Fran"

    play(scene)


def test_a_domain_is_asked_for_an_npub_only_when_that_is_wanted(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.add_person()
        form = page.form
        put(form.fields[Reach.NIP05], "bela@pictures.example")
        await until(form.ask_button.isVisible)
        assert form.ask_button.text() == "Ask pictures.example for their npub"
        form.ask_button.click()
        assert form.said_text == "Asking pictures.example \u2026"
        npub = encode_npub(content.BELA.pubkey)
        await until(lambda: form.fields[Reach.NPUB].text == npub)
        assert form.said_text == "pictures.example named their npub."
        assert not form.ask_button.isVisible()
        put(form.fields[Reach.NPUB], "")
        put(form.fields[Reach.NIP05], "nobody@pictures.example")
        form.ask_button.click()
        await until(lambda: "nobody's name" in form.said_text)

    play(scene)


def test_chosen_follows_come_over(play: Play, stage: Stage) -> None:
    stage.people_book.add(PersonWish(ways={Reach.NPUB: encode_npub(content.ANA.pubkey)}))

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.bring_button.click()
        pane = page.bringing
        names = [row.profile.title for row in pane.rows if row.profile is not None]
        assert names == [p.title for p in (content.EVIL, content.BELA, content.CHIDI, content.DANA)]
        assert not pane.bring_button.isEnabled()
        QTest.keyClicks(pane.search, "chidi")
        await until(lambda: pane.rows[0].profile == content.CHIDI)
        pane.rows[0].box.click()
        pane.search.clear()
        assert pane.rows[1].box.accessibleName() == "Add B\u00e9la Photographs"
        pane.rows[1].box.click()
        assert pane.bring_button.text() == "Add 2 people"
        pane.bring_button.click()
        assert listed(page) == ["Ana Ruiz", "B\u00e9la Photographs", "Chidi Writes"]
        assert window.toast.text == "2 people are in your people now."

    play(scene)


def test_who_follows_nobody_can_ask_the_relays(play: Play, stage: Stage) -> None:
    stage.follows.now.clear()
    stage.follows.is_away = True

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.bring_over()
        pane = page.bringing
        assert pane.empty_text == "You follow nobody here"
        pane._empty.action.click()
        assert pane.empty_text == "Asking your relays \u2026"
        await until(lambda: pane.empty_text == "Whom you follow is not known")
        stage.follows.is_away = False
        stage.follows.now.append(content.BELA.pubkey)
        pane._empty.action.click()
        await until(lambda: pane.empty_text == "")
        assert pane.rows[0].profile == content.BELA

    play(scene)


def test_send_leads_to_a_private_send_or_to_whom_nostr_alone_knows(
    play: Play, stage: Stage
) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        page.pane.send_button.click()
        assert window.models.book.book.pane is Pane.SEND
        page.sending.back_button.click()
        page.open_person(people["bela"])
        page.pane.send_button.click()
        assert window.page is PageName.WALLET
        panel = window.pages.wallet.send_panel
        assert panel is not None
        assert panel.text.toPlainText() == encode_npub(content.BELA.pubkey)
        open_book(window).open_person(people["flat"])
        assert not page.pane.send_button.isEnabled()
        assert "Add a way to reach them to send money" in shown(page)
        page.open_person(people["bela"])
        assert window.models.book.book.pay_text(people["bela"]) == encode_npub(content.BELA.pubkey)
        assert window.models.book.book.pay_text(people["fran"]) == ""

    play(scene)


def test_message_leads_to_the_conversation(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["bela"])
        page.pane.message_button.click()
        assert window.page is PageName.MESSAGES
        assert window.models.messages.peer == content.BELA

    play(scene)


def test_the_history_with_them_is_theirs_alone(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()
    stage.timeline.count = 400

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["bela"])
        model = window.models.book.book
        assert len(model.lines) == LINES_AT_ONCE
        assert {view.line.person for view in model.lines} == {content.BELA.pubkey}
        assert {view.line.kind for view in model.lines} <= {
            LineKind.TIP_SENT,
            LineKind.TIP_RECEIVED,
        }
        assert page.pane.sums_text.startswith("You sent ")
        page.pane.more_button.click()
        assert len(model.lines) > LINES_AT_ONCE
        page.open_person(people["baker"])
        assert page.pane.sums_text.startswith("Nothing yet.")

    play(scene)


def test_who_is_removed_elsewhere_is_not_shown_any_more(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["bela"])
        stage.people_book.remove(people["bela"])
        await until(lambda: window.models.book.book.pane is Pane.NOBODY)
        assert "B\u00e9la Photographs" not in listed(page)

    play(scene)


def test_removing_asks_first(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        page.pane.remove_button.click()
        panel = page.remove_panel
        assert panel is not None
        assert window.focusWidget() is panel.remove_button
        QTest.keyClick(panel, ESCAPE)
        assert stage.people_book.person(people["sister"]) is not None
        page.pane.remove_button.click()
        QTest.mouseClick(panel.remove_button, LEFT)
        assert stage.people_book.person(people["sister"]) is None
        assert window.toast.text.startswith("My sister is not in your people any more.")
        assert "My sister" not in listed(page)

    play(scene)


def test_a_page_that_is_hidden_reads_nothing(play: Play, stage: Stage) -> None:
    people = stage.people_book.put_several()

    async def scene(window: MainWindow) -> None:
        page = open_book(window)
        page.open_person(people["sister"])
        window.open_page(PageName.FEED)
        asked = len(stage.timeline.asked)
        stage.bus.publish(PersonChanged(people["sister"]))
        await until(lambda: not window.models.book.book._turn.isActive())
        assert len(stage.timeline.asked) == asked

    play(scene)
