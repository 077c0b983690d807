"""What is hidden: pictures that nobody is asked for, covered posts, muted people and words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_browse import STRANGER, found, type_in
from tipdesk.nostr.feed import Image, Post
from tipdesk.nostr.nip51 import Mute, MuteKind
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.post_card import PostCard

URL = "https://pictures.stranger.example/one.png"
ANA = Mute(MuteKind.PERSON, content.ANA.pubkey.hex())


def with_picture(number: int = 901) -> Post:
    return replace(found("look", number), images=(Image(URL),))


def card_at(window: MainWindow, row: int = 0) -> PostCard:
    card = window.pages.feed.list.card(row)
    assert isinstance(card, PostCard)
    return card


async def search(window: MainWindow, stage: Stage, *posts: Post) -> None:
    type_in(window, "#heron")
    stage.reading.browse.answer(*posts)
    await until(lambda: window.models.feed.posts.rowCount() == len(posts))
    await until(lambda: isinstance(window.pages.feed.list.card(0), PostCard))
    window.grab()


def test_no_server_of_a_strangers_is_asked_until_it_is_wanted(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        face = content.person(88, "Somebody", None)
        stage.feeds.put_person(replace(face, pubkey=STRANGER))
        await search(window, stage, with_picture())
        await until(lambda: len(stage.images.fetched) > 0)
        assert URL not in stage.images.fetched
        assert face.picture not in stage.images.fetched
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_S)
        window.grab()
        await until(lambda: URL in stage.images.fetched)
        assert face.picture not in stage.images.fetched

    play(scene)


@pytest.mark.parametrize(("who", "asked"), [("nobody", False), ("everybody", True)])
def test_the_setting_says_whose_pictures_are_asked_for(
    play: Play, stage: Stage, who: str, *, asked: bool
) -> None:
    async def scene(window: MainWindow) -> None:
        before = len(stage.images.fetched)
        window.models.privacy.set_pictures(who)
        await search(window, stage, with_picture())
        if asked:
            await until(lambda: URL in stage.images.fetched)
        else:
            by_ana = replace(with_picture(902), author=content.ANA.pubkey)
            by_ana = replace(by_ana, images=(Image("https://ana.example/x.png"),))
            stage.reading.browse.answer(by_ana)
            await until(lambda: window.models.feed.posts.rowCount() == 2)
            window.grab()
            assert "https://ana.example/x.png" not in stage.images.fetched
            assert URL not in stage.images.fetched[before:]

    play(scene)


def test_all_pictures_of_a_person_are_shown_from_the_menu(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await search(window, stage, with_picture())
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_M)
        menu = window.menus.shown
        assert menu is not None
        first = menu.actions()[0]
        assert first.text().startswith("Show all pictures of npub1")
        first.trigger()
        menu.close()
        window.grab()
        await until(lambda: URL in stage.images.fetched)

    play(scene)


def test_a_covered_post_shows_its_reason_and_nothing_else(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        post = replace(with_picture(), text="the butler", title="Ending", warning="spoiler")
        window.models.privacy.set_pictures("everybody")
        await search(window, stage, post)
        assert card_at(window).text_label.text() == "Covered by its author: spoiler"
        assert URL not in stage.images.fetched
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)
        assert window.reader.text.toPlainText() == "Covered by its author: spoiler"
        assert window.reader.uncover_button.isVisible()
        window.reader.uncover_button.click()
        assert window.reader.text.toPlainText() == "the butler"
        window.reader.dismiss()
        await until(lambda: card_at(window).text_label.text() == "the butler")

    play(scene)


def test_covers_can_be_left_off_for_good(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await search(window, stage, replace(found("the butler"), warning=""))
        assert card_at(window).text_label.text() == "Covered by its author, without a reason"
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.privacy)
        window.pages.settings.privacy.covers.click()
        assert not stage.preferences.now.cover_sensitive
        window.open_page(PageName.FEED)
        await until(lambda: card_at(window).text_label.text() == "the butler")

    play(scene)


def test_a_person_is_muted_from_a_post_and_unmuted_in_the_settings(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_M)
        menu = window.menus.shown
        assert menu is not None
        texts = [action.text() for action in menu.actions()]
        assert texts[:2] == ["Mute Ana Ruiz", "Mute this thread"]
        menu.actions()[0].trigger()
        menu.close()
        await until(lambda: "Tips and alerts go on as before" in window.toast.text)
        assert stage.reading.mutes.now == {ANA: True}
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.privacy)
        (drop,) = window.pages.settings.privacy.mutes.drop_buttons
        assert drop.accessibleName() == "Show Ana Ruiz again"
        drop.click()
        await until(lambda: not stage.reading.mutes.now)

    play(scene)


def test_words_and_hashtags_are_muted_where_they_are_typed(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        lines = window.pages.settings.privacy.mutes
        for typed in ("  ", "Coin", "#Ads"):
            lines.field.setText(typed)
            lines.button.click()
        await until(lambda: len(stage.reading.mutes.now) == 2)
        assert set(stage.reading.mutes.now) == {
            Mute(MuteKind.WORD, "coin"),
            Mute(MuteKind.HASHTAG, "ads"),
        }
        assert lines.field.text() == ""

    play(scene)


def test_a_mute_that_is_not_shared_yet_says_so(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.reading.mutes.problem = "So far on this computer only."
        window.models.privacy.mute(ANA)
        await until(lambda: "So far on this computer only." in window.toast.text)

    play(scene)


def test_a_search_relay_is_added_and_dropped(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.privacy)
        lines = window.pages.settings.privacy.relays
        lines.field.setText("https://no.example")
        lines.button.click()
        assert "not the address of a public relay" in lines.said.text()
        assert lines.field.text() == "https://no.example"
        lines.field.setText("wss://find.example")
        lines.button.click()
        await until(lambda: len(lines.drop_buttons) == 1)
        assert "told to this relay too" in lines.said.text()
        lines.drop_buttons[0].click()
        await until(lambda: stage.reading.search_relays.urls == [])

    play(scene)


def test_the_media_server_of_our_own_pictures_is_named_and_taken_back(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.privacy)
        box = window.pages.settings.privacy.media
        assert box.field.isVisible()
        box.field.setText("ftp://media.example")
        box.button.click()
        said = window.pages.settings.privacy.media_said
        await until(lambda: "Nothing was changed" in said.text())
        box.field.setText("https://media.example")
        box.button.click()
        await until(lambda: "Pictures go to media.example" in box.words.text())
        assert not said.isVisible()
        box.change_button.click()
        box.field.clear()
        QTest.keyClick(box.field, Qt.Key.Key_Return)
        await until(lambda: "Name a media server" in box.words.text())
        assert stage.writing.pictures.server == ""

    play(scene)
