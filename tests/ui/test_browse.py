"""The head of the feed: lists, people, hashtags, search, and what is said meanwhile."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.stage_reading import BAND
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.feed import Post
from tipdesk.nostr.nip19 import encode_note, encode_npub, encode_nsec
from tipdesk.services.selection import Following, OfHashtag, OfList, OfPerson, OfSearch
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.post_card import PostCard

STRANGER = XOnlyPubkey(content.number(88))


def found(text: str, number: int = 900) -> Post:
    return Post(
        id=EventId(content.number(number)),
        author=STRANGER,
        created_at=content.NOW.unix_seconds - 30,
        kind=1,
        text=text,
    )


def type_in(window: MainWindow, text: str) -> None:
    QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Slash)
    field = window.pages.feed.bar.field
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def rows(window: MainWindow) -> int:
    return window.models.feed.posts.rowCount()


def test_the_slash_searches_and_escape_comes_back(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, every = window.pages.feed, rows(window)
        QTest.keyClick(page.list, Qt.Key.Key_Slash)
        await until(page.bar.field.hasFocus)
        page.bar.field.setText("canal")
        QTest.keyClick(page.bar.field, Qt.Key.Key_Return)
        assert stage.reading.browse.selection == OfSearch("canal")
        await until(lambda: 0 < rows(window) < every)
        assert page.list.hasFocus()
        assert page.bar.button.text() == "Found"
        QTest.keyClick(page.list, Qt.Key.Key_Escape)
        await until(lambda: stage.reading.browse.selection == Following())
        assert rows(window) == every
        assert page.bar.field.text() == ""

    play(scene)


def test_strangers_found_are_marked_and_their_tips_not_claimed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, "#heron")
        assert stage.reading.browse.selection == OfHashtag("heron")
        page = window.pages.feed
        await until(lambda: page.empty.title_text == "Looking …")
        stage.reading.browse.answer(found("A heron at last"))
        await until(lambda: isinstance(page.list.card(0), PostCard))
        card = page.list.card(0)
        assert isinstance(card, PostCard)
        assert card.text_label.text() == "A heron at last"
        assert "you do not follow them" in card.meta_text
        assert page.words.label.text() == ""

    play(scene)


def test_a_list_is_chosen_from_the_menu(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        bar = window.pages.feed.bar
        bar.button.click()
        assert bar.menu_shown is not None
        actions = bar.menu_shown.actions()
        assert [action.text() for action in actions] == ["Following", "Band && friends"]
        actions[1].trigger()
        assert stage.reading.browse.selection == OfList(BAND.identifier)
        await until(lambda: bar.button.text() == "Band & friends")
        bar.menu_shown.close()

    play(scene)


def test_without_lists_the_menu_says_where_they_come_from(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.reading.browse.bring_lists()
        await asyncio.sleep(0.02)
        bar = window.pages.feed.bar
        bar.button.click()
        assert bar.menu_shown is not None
        hint = bar.menu_shown.actions()[-1]
        assert "other Nostr apps" in hint.text()
        assert not hint.isEnabled()
        bar.menu_shown.close()

    play(scene)


def test_a_key_shows_all_posts_of_that_person(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, encode_npub(content.ANA.pubkey))
        assert stage.reading.browse.selection == OfPerson(content.ANA.pubkey)
        await until(lambda: window.pages.feed.bar.button.text() == "Ana Ruiz")

    play(scene)


def test_the_panel_of_a_person_leads_to_their_posts(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        person = window.people.person
        window.people.open_person(content.ANA.pubkey, window.rect())
        person.posts_button.click()
        assert stage.reading.browse.selection == OfPerson(content.ANA.pubkey)
        assert person.isHidden()

    play(scene)


def test_a_link_to_a_post_that_is_here_opens_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, encode_note(stage.feeds.posts()[2].post.id))
        await until(window.reader.isVisible)
        assert stage.reading.browse.selection == Following()

    play(scene)


@pytest.mark.parametrize("around", ["{}", "here is {} my key"])
def test_a_secret_key_is_sent_nowhere(play: Play, stage: Stage, around: str) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, around.format(encode_nsec(PrivateKey(bytes(31) + b"\x05"))))
        assert stage.reading.browse.selection == Following()
        await until(lambda: "secret key" in window.pages.feed.words.label.text())

    play(scene)


def test_a_domain_is_asked_only_after_it_is_said_what_it_learns(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, "bela@pictures.example")
        words = window.pages.feed.words
        await until(lambda: "They learn whom you look for" in words.label.text())
        assert stage.reading.browse.selection == Following()
        assert words.button.text() == "Ask pictures.example"
        words.button.click()
        await until(lambda: stage.reading.browse.selection == OfPerson(content.BELA.pubkey))

    play(scene)


def test_relays_that_are_silent_are_named_and_asked_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        page, browse = window.pages.feed, stage.reading.browse
        type_in(window, "nothing has these words")
        browse.fall_silent("wss://one.example", "wss://two.example")
        await until(lambda: page.empty.title_text == "No relay answers")
        assert page.words.label.text() == "No answer from one.example, two.example."
        assert page.empty.action.text() == "Ask again"
        page.empty.action.click()
        assert browse.standing.is_asking
        browse.answer()
        await until(lambda: page.empty.title_text == "Nothing found")
        page.empty.action.click()
        assert browse.selection == Following()

    play(scene)


def test_the_end_of_the_list_asks_for_older_posts(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        browse = stage.reading.browse
        window.open_posts(STRANGER)
        browse.answer(*(found(f"post {n}", 900 + n) for n in range(150)), has_older=True)
        await until(lambda: rows(window) == 150)
        assert browse.pages_asked == 0
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_End)
        await until(lambda: browse.pages_asked == 1)

    play(scene)


def test_a_new_post_of_those_one_follows_does_not_enter_a_search(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        type_in(window, "#heron")
        stage.reading.browse.answer(found("A heron at last"))
        stage.feeds.add(found("New, and no bird", 901))
        await asyncio.sleep(0.05)
        assert rows(window) == 1
        window.models.browse.back()
        assert rows(window) == stage.feeds.count()

    play(scene)
