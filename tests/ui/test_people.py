"""People in the window: who they are, whom one follows, links in what they write."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip19 import (
    EventPointer,
    ProfilePointer,
    encode_nevent,
    encode_note,
    encode_nprofile,
    encode_npub,
)
from tipdesk.services.events import FollowsPublished
from tipdesk.services.follows import ImportOutcome
from tipdesk.services.people import Sought
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.viewmodels.people_following import MAX_SHOWN
from tipdesk.ui.viewmodels.people_links import read_links
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.link_panel import host_of
from tipdesk.ui.widgets.post_card import PostCard

LEFT = Qt.MouseButton.LeftButton
STRANGER = XOnlyPubkey(content.number(8_001))
BELA_NPUB = encode_npub(content.BELA.pubkey)


def post_of(text: str, n: int = 300) -> Post:
    """The newest post."""
    return Post(
        id=EventId(content.number(n)),
        author=content.ANA.pubkey,
        created_at=content.NOW.unix_seconds + n,
        kind=1,
        text=text,
    )


def first_card(window: MainWindow) -> PostCard:
    """The newest post on the screen."""
    window.pages.feed.list.set_current(0)
    card = window.pages.feed.list.card(0)
    assert isinstance(card, PostCard)
    return card


def press(button: QWidget) -> None:
    """With the keyboard."""
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)


def opened(opens: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is opened outside goes into a list."""

    def take(url: QUrl) -> bool:
        opens.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(take))


def test_p_shows_who_wrote_a_post_and_escape_goes_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        feed, panel = window.pages.feed.list, window.people.person
        QTest.keyClick(feed, Qt.Key.Key_J)
        QTest.keyClick(feed, Qt.Key.Key_P)
        assert panel.isVisible()
        assert panel.name_text == "Ana Ruiz"
        assert "ana@music.example" in texts(panel)
        press(panel.address.button)
        assert QGuiApplication.clipboard().text() == "ana@music.example"
        press(panel.npub.button)
        assert QGuiApplication.clipboard().text() == content.ANA.npub
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert panel.isHidden()
        assert window.focusWidget() is feed

    play(scene)


def test_a_press_on_a_face_or_a_name_shows_the_person(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        card = first_card(window)
        QTest.mouseClick(card, LEFT, pos=QPoint(30, 30))
        assert window.people.person.isVisible()
        window.people.person.dismiss()
        QTest.mouseClick(card, LEFT, pos=QPoint(400, 100))
        assert window.people.person.isHidden()

    play(scene)


def test_only_a_confirmed_name_is_shown(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card, panel = first_card(window), window.people.person
        assert not any("ana@music.example" in text for text in texts(card))
        card.ask_person()
        assert panel.nip05_text == ""
        stage.feeds.put_person(replace(content.ANA, nip05="ana@music.example"))
        await until(lambda: panel.nip05_text == "ana@music.example")
        await until(lambda: any("· ana@music.example" in text for text in texts(card)))

    play(scene)


def test_unfollow_and_follow_say_what_became_of_them(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        first_card(window).ask_person()
        panel = window.people.person
        press(panel.unfollow_button)
        assert "counts here at once" in panel.said_text
        await until(panel.follow_button.isVisible)
        await until(lambda: panel.said_text.startswith("You do not follow Ana Ruiz any more, and"))
        stage.follows.is_away = True
        press(panel.follow_button)
        await until(lambda: panel.said_text.startswith("So far on this computer only."))
        assert panel.unfollow_button.isVisible()
        panel.dismiss()
        await until(lambda: "not public yet" in texts(window.pages.feed))

    play(scene)


def test_a_change_that_ends_after_the_panel_closed_is_a_notice(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        first_card(window).ask_person()
        panel = window.people.person
        panel.unfollow_button.click()
        panel.dismiss()
        await until(lambda: window.toast.text.startswith("Ana Ruiz: You do not follow"))

    play(scene)


def test_a_follow_that_waited_loses_its_mark_when_it_is_published(play: Play, stage: Stage) -> None:
    stage.follows.waiting.append(content.ANA.pubkey)

    async def scene(window: MainWindow) -> None:
        first_card(window).ask_person()
        panel = window.people.person
        assert "so far on this computer only" in panel.said_text
        stage.follows.waiting.clear()
        stage.bus.publish(FollowsPublished())
        await until(lambda: panel.said_text == "")

    play(scene)


def test_a_person_is_tipped_without_a_post(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        first_card(window).ask_person()
        panel = window.people.person
        press(panel.tip_button)
        assert panel.is_tipping
        QTest.keyClick(panel.form.amount, Qt.Key.Key_Escape)
        assert not panel.is_tipping
        assert panel.isVisible()
        panel.tip_button.click()
        panel.form.amount.setText("2,100")
        QTest.keyClick(panel.form.amount, Qt.Key.Key_Return)
        assert panel.isHidden()
        intent = stage.tips.intents[-1]
        assert (intent.recipient, intent.target_event) == (content.ANA.pubkey, None)
        assert intent.amount.value == 2_100_000

    play(scene)


def test_somebody_unknown_is_looked_for_and_shown_once_found(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.people.open_person(STRANGER, window.rect())
        panel = window.people.person
        assert panel.name_text.startswith("npub1")
        assert "Looking for their profile …" in texts(panel)
        assert stage.people.asked == [STRANGER]
        assert not panel.tip_button.isVisible()
        stage.people.end(STRANGER, Sought.NOWHERE)
        await until(lambda: "None of your relays knows a profile of theirs" in texts(panel))
        stage.people.end(STRANGER, Sought.UNANSWERED)
        await until(lambda: "No relay could be asked for their profile" in texts(panel))
        found = replace(content.ANA, pubkey=STRANGER, title="Sol", picture=None)
        stage.people.ends[STRANGER] = Sought.FOUND
        stage.feeds.put_person(found)
        await until(lambda: panel.name_text == "Sol")
        assert panel.tip_button.isVisible()
        assert not any("profile" in text for text in texts(panel))

    play(scene)


def test_a_hostile_profile_stays_text(play: Play, stage: Stage) -> None:
    stage.feeds.put_person(replace(content.EVIL, about="<img src=x> <b>bold</b>\u202e reversed"))

    async def scene(window: MainWindow) -> None:
        window.people.open_person(content.EVIL.pubkey, window.rect())
        panel = window.people.person
        assert "<img src=x> <b>bold</b> reversed" in texts(panel)
        formats = {label.textFormat() for label in panel.findChildren(QLabel)}
        assert formats == {Qt.TextFormat.PlainText}

    play(scene)


@pytest.mark.parametrize(
    "written", [BELA_NPUB, f"nostr:{BELA_NPUB}", encode_nprofile(ProfilePointer(STRANGER))]
)
def test_a_key_is_found_without_asking_and_enter_follows(
    play: Play, stage: Stage, written: str
) -> None:
    stage.follows.now.remove(content.BELA.pubkey)

    async def scene(window: MainWindow) -> None:
        QTest.mouseClick(window.pages.feed._side.add_button, LEFT)
        panel = window.people.following
        QTest.keyClicks(panel.field, written)
        assert panel.found_person.isVisible()
        assert stage.names.asked == []
        QTest.keyClick(panel.field, Qt.Key.Key_Return)
        person = window.people.person
        assert person.isVisible()
        await until(lambda: person.said_text.endswith("and your public list says so."))
        wanted = STRANGER if written.startswith("nprofile") else content.BELA.pubkey
        assert wanted in stage.follows.now

    play(scene)


def test_a_name_is_looked_up_only_after_it_was_said_who_learns_of_it(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.people.open_following(window.rect())
        panel = window.people.following
        QTest.keyClicks(panel.field, "fran@example.org")
        assert "TipDesk asks example.org" in panel.said_text
        assert stage.names.asked == []
        QTest.keyClick(panel.field, Qt.Key.Key_Return)
        await until(lambda: panel.found_person.isVisible())
        assert panel.said_text == "example.org says that fran@example.org is this person."
        assert panel.found_person.profile == content.FRAN
        panel.field.setText("nobody@example.org")
        QTest.keyClick(panel.field, Qt.Key.Key_Return)
        await until(lambda: panel.said_text == "example.org knows nobody of that name.")
        stage.names.is_away = True
        panel.ask.button.click()
        await until(lambda: "could not be asked. The server did not answer" in panel.said_text)

    play(scene)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (BELA_NPUB[:-1] + "x", "a letter is wrong or missing"),
        (encode_note(EventId(content.number(101))), "This is a post, not a person."),
        ("nsec1" + "q" * 58, "a letter is wrong or missing"),
    ],
)
def test_what_names_nobody_is_said(play: Play, written: str, said: str) -> None:
    async def scene(window: MainWindow) -> None:
        window.people.open_following(window.rect())
        panel = window.people.following
        panel.field.setText(written)
        assert said in panel.said_text
        assert not panel.follow_button.isVisible()

    play(scene)


def test_what_is_typed_searches_and_the_list_is_bounded(play: Play, stage: Stage) -> None:
    stage.follows.now += [XOnlyPubkey(content.number(9_000 + n)) for n in range(200)]

    async def scene(window: MainWindow) -> None:
        window.people.open_following(window.rect())
        panel = window.people.following
        assert sum(not row.isHidden() for row in panel.list.rows) == MAX_SHOWN
        QTest.keyClicks(panel.field, "chidi")
        assert panel.count_text == "1 of 205 people"
        QTest.keyClick(panel.field, Qt.Key.Key_Down)
        assert window.focusWidget() is panel.list.rows[0]
        QTest.keyClick(panel.list.rows[0], Qt.Key.Key_Return)
        assert window.people.person.name_text == "Chidi Writes"

    play(scene)


def test_bringing_over_says_who_came_and_who_left(play: Play, stage: Stage) -> None:
    stage.follows.brings = ImportOutcome(added=(content.FRAN.pubkey,), removed=(STRANGER,))

    async def scene(window: MainWindow) -> None:
        panel = window.people.following
        QTest.mouseClick(window.pages.feed._side.bring_button, LEFT)
        assert panel.isVisible()
        await until(lambda: panel.said_text.startswith("1 person came and 1 person left"))
        assert [row.mark.text() for row in panel.list.rows if not row.isHidden()] == [
            "added",
            "left",
        ]
        stage.follows.is_away = True
        panel.bring_button.click()
        await until(lambda: panel.said_text.startswith("Only 0 of 2 relays answered"))

    play(scene)


def test_nobody_followed_is_said_with_what_to_do(play: Play, stage: Stage) -> None:
    stage.follows.now.clear()

    async def scene(window: MainWindow) -> None:
        window.resize(1_280, 800)
        assert any(text.startswith("Nobody yet.") for text in texts(window.pages.feed))
        window.people.open_following(window.rect())
        assert window.people.following.count_text.startswith("You follow nobody yet.")

    play(scene)


def test_a_narrow_window_has_a_button_for_whom_one_follows(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.resize(1_024, 700)
        await until(lambda: window.pages.feed.following_button.isVisible())
        QTest.keyClick(window.pages.feed.following_button, Qt.Key.Key_Space)
        assert window.people.following.isVisible()

    play(scene)


@pytest.mark.parametrize(
    ("text", "shown", "written"),
    [
        (f"🎸 by nostr:{BELA_NPUB}!", "🎸 by @\u2068Béla Photographs\u2069!", f"nostr:{BELA_NPUB}"),
        ("See https://a.example/x_(y).", "See https://a.example/x_(y).", "https://a.example/x_(y)"),
        ("(https://a.example/b)", "(https://a.example/b)", "https://a.example/b"),
        (
            f"nostr:{encode_nevent(EventPointer(EventId(content.number(101))))}",
            "a post by Ana Ruiz",
            f"nostr:{encode_nevent(EventPointer(EventId(content.number(101))))}",
        ),
        (
            f"nostr:{encode_note(EventId(content.number(7_777)))}",
            "a post",
            f"nostr:{encode_note(EventId(content.number(7_777)))}",
        ),
    ],
)
def test_links_are_found_and_named(stage: Stage, text: str, shown: str, written: str) -> None:
    linked = read_links(text, stage.feeds)
    assert linked.text == shown
    (link,) = linked.links
    assert link.written == written
    inside = linked.text[link.start : link.end]
    assert inside == written if isinstance(link.target, str) else inside in shown


@pytest.mark.parametrize(
    "text",
    [
        "<a href='https://evil.example'>bank</a>"[:8],
        "javascript:alert(1) file:///etc/passwd http://plain.example data:text/html,x",
        "https:// https://. nostr:npub1qqqqqq",
        "nostr:nsec1" + "q" * 58,
    ],
)
def test_what_is_no_link_stays_text(stage: Stage, text: str) -> None:
    assert read_links(text, stage.feeds).links == ()


def test_a_link_in_a_post_opens_the_person(play: Play, stage: Stage) -> None:
    stage.feeds.add(post_of(f"🎸🎸 With nostr:{BELA_NPUB} tonight.\n\nCome."))

    async def scene(window: MainWindow) -> None:
        card = first_card(window)
        label = card.text_label
        (link,) = stage_links(window, card)
        rect = label.link_rect(link)
        assert rect.width() > 60
        QTest.mouseClick(label, LEFT, pos=rect.center())
        assert window.people.person.name_text == "Béla Photographs"
        window.people.person.dismiss()
        QTest.mouseClick(label, LEFT, pos=rect.center() + QPoint(rect.width(), 0))
        assert window.people.person.isHidden()

    play(scene)


def stage_links(window: MainWindow, card: PostCard) -> tuple[Link, ...]:
    """The links of a card."""
    assert card.view is not None
    return window.models.feed.linked(card.view.post.text).links


def test_a_web_link_opens_only_from_the_panel_that_shows_it_whole(
    play: Play, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens: list[str] = []
    opened(opens, monkeypatch)
    url = "https://bank.example@evil.example/<b>?q=1"
    stage.feeds.add(post_of(f"Look: {url.replace('<b>', 'b')}"))

    async def scene(window: MainWindow) -> None:
        card, panel = first_card(window), window.people.link
        (link,) = stage_links(window, card)
        rect = card.text_label.link_rect(link)
        over = QPointF(rect.center())
        move = QEvent.Type.MouseMove
        none = Qt.MouseButton.NoButton
        hover = QMouseEvent(move, over, over, none, none, Qt.KeyboardModifier.NoModifier)
        card.text_label.mouseMoveEvent(hover)
        assert panel.isHidden()
        QTest.mouseClick(card.text_label, LEFT, pos=rect.center())
        assert panel.isVisible()
        assert opens == []
        assert panel.shown_host == "evil.example"
        assert panel.shown_address == "https://bank.example@evil.example/b?q=1"
        assert "before the @" in panel.warning
        press(panel.copy_button)
        assert QGuiApplication.clipboard().text() == panel.shown_address
        assert opens == []
        press(panel.open_button)
        assert opens == ["https://bank.example@evil.example/b?q=1"]

    play(scene)


def test_a_server_in_foreign_letters_is_shown_in_those_that_are_asked_for() -> None:
    assert host_of("https://аpple.example/x") == "xn--pple-43d.example"  # noqa: RUF001


def test_tab_reaches_the_links_of_the_reader_and_enter_opens_them(play: Play, stage: Stage) -> None:
    known = encode_note(EventId(content.number(102)))
    unknown = encode_note(EventId(content.number(7_777)))
    stage.feeds.add(
        post_of(f"🎻 nostr:{BELA_NPUB} https://a.example/x nostr:{known} nostr:{unknown} <b>x</b>")
    )

    async def scene(window: MainWindow) -> None:
        first_card(window)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)
        text = window.reader.text
        assert "<b>x</b>" in text.toPlainText()
        text.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(text, Qt.Key.Key_Return)
        assert window.people.person.name_text == "Béla Photographs"
        QTest.keyClick(window.people.person, Qt.Key.Key_Escape)
        assert window.focusWidget() is text
        QTest.keyClick(text, Qt.Key.Key_Tab)
        QTest.keyClick(text, Qt.Key.Key_Return)
        assert window.people.link.shown_address == "https://a.example/x"
        QTest.keyClick(window.people.link, Qt.Key.Key_Escape)
        QTest.keyClick(text, Qt.Key.Key_Tab)
        QTest.keyClick(text, Qt.Key.Key_Tab)
        QTest.keyClick(text, Qt.Key.Key_Return)
        assert window.people.link.shown_address == f"nostr:{unknown}"
        assert not window.people.link.open_button.isVisible()
        QTest.keyClick(window.people.link, Qt.Key.Key_Escape)
        QTest.keyClick(text, Qt.Key.Key_Backtab)
        QTest.keyClick(text, Qt.Key.Key_Return)
        await until(lambda: "First light" in window.reader.text.toPlainText())

    play(scene)


def test_message_opens_the_conversation(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        first_card(window).ask_person()
        press(window.people.person.message_button)
        assert window.people.person.isHidden()
        assert window.page is PageName.MESSAGES

    play(scene)
