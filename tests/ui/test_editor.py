"""The editor: drafts as they are typed, people, covers, relays, what became of a post, replies."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt, QUrl
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage, paint
from tests.ui.stage_writing import RELAYS
from tests.ui.test_accessibility import nameless
from tipdesk.base.ids import EventId
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.ports.writing import RelayState
from tipdesk.services.pictures import NoMediaServer, UploadRefused
from tipdesk.services.views import PostView
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.pictures import SIDE

CTRL = Qt.KeyboardModifier.ControlModifier
TOOK, REFUSED = (RelayState.ACCEPTED, ""), (RelayState.REFUSED, "blocked: <b>pay</b> first")
SILENT = (RelayState.SILENT, "no answer within 10 seconds")


def posting_of(stage: Stage) -> EventId:
    return next(iter(stage.writing.postings))


async def publish(window: MainWindow, stage: Stage, text: str = "Blue tiles #azulejo") -> EventId:
    window.editor.write()
    window.editor.form.edit.setPlainText(text)
    QTest.keyClick(window.editor.form.edit, Qt.Key.Key_Return, CTRL)
    await until(lambda: bool(stage.writing.postings))
    return posting_of(stage)


def press(menu: QMenu, words: str) -> None:
    action: QAction = next(one for one in menu.actions() if words in one.text())
    action.trigger()


def test_a_draft_is_kept_as_it_is_typed_and_opened_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.pages.feed.write_button.click()
        edit = window.editor.form.edit
        assert edit.hasFocus()
        QTest.keyClicks(edit, "Half a thought")
        assert stage.writing.kept == {}
        await until(lambda: bool(stage.writing.kept))
        QTest.keyClicks(edit, ", and")
        QTest.keyClick(edit, Qt.Key.Key_Escape)
        assert window.editor.isHidden()
        [kept] = stage.writing.drafts()
        assert kept.text == "Half a thought, and"
        assert stage.writing.postings == {}
        await until(lambda: "draft is kept" in window.toast.text)
        window.editor.write()
        assert window.editor.drafts_button.text() == "1 draft"
        window.editor.drafts_button.click()
        menu = window.editor.menu_shown
        assert menu is not None
        press(menu, "Half a thought")
        assert edit.toPlainText() == "Half a thought, and"
        assert not window.editor.drafts_button.isVisible()
        menu.close()

    play(scene)


def test_a_draft_is_deleted_by_two_presses_and_one_without_words_is_none(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        editor = window.editor
        editor.write()
        editor.form.edit.setPlainText("no")
        window.models.editor.keep()
        await until(editor.delete_button.isVisible)
        editor.delete_button.click()
        assert editor.delete_button.text() == "Really delete it"
        assert len(stage.writing.kept) == 1
        editor.delete_button.click()
        assert stage.writing.kept == {}
        assert editor.form.edit.toPlainText() == ""
        editor.form.edit.setPlainText("  \n")
        editor.dismiss()
        assert stage.writing.kept == {}

    play(scene)


def test_what_is_published_stands_in_the_feed_marked_until_a_relay_took_it(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        event_id = await publish(window, stage)
        editor, view = window.editor, stage.feeds.post(event_id)
        assert view is not None
        await until(editor.posting.isVisible)
        assert editor.posting.said.text() == "Sending it to 3 relays …"
        assert window.models.feed.standing(view) == ("Sending …", "busy")
        stage.writing.answer(event_id, REFUSED, SILENT, REFUSED)
        await until(lambda: "No relay has it yet" in editor.posting.said.text())
        assert window.models.feed.standing(view) == ("On no relay yet", "bad")
        said = editor.posting.lines.lines[0].accessibleName()
        assert "It says: blocked: <b>pay</b> first" in said
        assert editor.posting.again_button.text() == "Try 3 relays again"
        editor.posting.again_button.click()
        assert stage.writing.sent_again == [event_id]
        stage.writing.answer(event_id, TOOK, SILENT, REFUSED)
        await until(lambda: "1 of 3 relays have it" in editor.posting.said.text())
        assert window.models.feed.standing(view) == ("", "calm")
        stage.writing.answer(event_id, TOOK, TOOK, TOOK)
        await until(lambda: editor.posting.said.text() == "All 3 relays have it.")
        assert not editor.posting.again_button.isVisible()
        assert nameless(editor) == []
        editor.posting.close_button.click()
        assert editor.isHidden()
        assert stage.writing.kept == {}

    play(scene)


def test_a_name_after_an_at_sign_becomes_a_link(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.editor.write()
        form = window.editor.form
        QTest.keyClicks(form.edit, "with @an")
        assert form.people_buttons[0].isVisible()
        assert form.people_buttons[0].accessibleName() == "Link to Ana Ruiz"
        form.people_buttons[0].click()
        link = f"nostr:{encode_npub(content.ANA.pubkey)}"
        assert form.edit.toPlainText() == f"with {link} "
        assert not form.people_buttons[0].isVisible()
        QTest.keyClicks(form.edit, "me@an")
        assert not form.people_buttons[0].isVisible()

    play(scene)


def test_the_preview_is_the_feeds_own_card_and_sends_no_tip(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        editor = window.editor
        editor.write()
        editor.form.edit.setPlainText(f"With nostr:{encode_npub(content.ANA.pubkey)}")
        await until(editor.preview_button.isEnabled)
        editor.preview_button.click()
        card = editor.preview.card
        assert card.text_label.text() == "With @Ana Ruiz"
        QTest.mouseClick(card.tip_button.segments[0], Qt.MouseButton.LeftButton)
        assert editor.preview_button.text() == "Write on"
        editor.preview_button.click()
        assert editor.form.edit.hasFocus()

    play(scene)


def test_a_cover_and_the_relays_go_into_the_draft(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        form, model = window.editor.form, window.models.editor
        window.editor.write()
        form.edit.setPlainText("The end of the film")
        form.cover.click()
        form.reason.setText("spoiler")
        form.relays_button.click()
        assert list(form.relay_boxes) == list(RELAYS)
        form.relay_boxes[RELAYS[1]].click()
        assert model.draft is not None
        assert (model.draft.warning, model.draft.without) == ("spoiler", (RELAYS[1],))
        await until(lambda: form.relays_button.text() == "To 2 relays")
        form.cover.click()
        assert model.draft.warning is None
        assert nameless(window.editor) == []

    play(scene)


def test_a_text_that_is_too_long_is_not_published(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        window.editor.write()
        window.editor.form.edit.setPlainText("x" * 5_001)
        await until(lambda: window.models.editor.count_words != "")
        assert window.models.editor.count_words == "5,001 of 5,000 characters"
        await until(lambda: not window.editor.publish_button.isEnabled())

    play(scene)


def test_a_post_is_answered_from_the_reader(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.writing.readers = ("wss://ana.example",)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_J)
        QTest.keyClick(window.pages.feed.list, Qt.Key.Key_Return)
        QTest.keyClick(window.reader, Qt.Key.Key_R)
        editor = window.editor
        assert editor.isVisible()
        assert editor.title.text().startswith("Reply to ")
        assert editor.form.answered_text.isVisible()
        await until(lambda: "1 where those named read" in editor.form.relays_button.text())
        editor.form.edit.setPlainText("So good")
        await until(editor.publish_button.isEnabled)
        editor.publish_button.click()
        await until(lambda: bool(stage.writing.postings))
        event = stage.writing.postings[posting_of(stage)].event
        assert event.kind in (1, 1_111)
        editor.dismiss()
        assert window.reader.isVisible()

    play(scene)


def open_own_menu(window: MainWindow, view: PostView) -> QMenu:
    window.pages.feed.menu.emit(view, QRect(500, 200, 30, 30))
    menu = window.menus.shown
    assert menu is not None
    assert menu.isVisible()
    return menu


def test_a_post_of_ones_own_is_deleted_after_an_honest_word(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        event_id = await publish(window, stage)
        window.editor.dismiss()
        view = stage.feeds.post(event_id)
        assert view is not None
        menu = open_own_menu(window, view)
        press(menu, "Which relays")
        menu.close()
        assert window.editor.posting.isVisible()
        window.editor.dismiss()
        menu = open_own_menu(window, view)
        press(menu, "Delete")
        menu.close()
        assert "cannot be called back" in window.menus.delete_panel.about.text()
        assert stage.writing.deleted == []
        window.menus.delete_panel.delete_button.click()
        await until(lambda: stage.writing.deleted == [event_id])
        assert stage.feeds.post(event_id) is None

    play(scene)


def test_control_n_writes_from_anywhere(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        command = next(one for one in window.commands.all() if one.keys == "Ctrl+N")
        command.run()
        assert window.editor.isVisible()

    play(scene)


def test_a_long_post_has_a_title_and_is_changed_where_it_stands(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        editor, form, model = window.editor, window.editor.form, window.models.editor
        editor.write()
        form.edit.setPlainText("A year along the water")
        editor.kinds.buttons["long"].click()
        await until(form.title.isVisible)
        assert editor.title.text() == "Write a long post"
        assert isinstance(form.title.edit, QLineEdit)
        form.title.edit.setText("The canal")
        editor.kinds.buttons["note"].click()
        editor.kinds.buttons["long"].click()
        assert model.long is not None
        assert model.long.title == "The canal"
        assert nameless(editor) == []
        await until(editor.publish_button.isEnabled)
        editor.publish_button.click()
        await until(lambda: bool(stage.writing.postings))
        view = stage.feeds.post(posting_of(stage))
        assert view is not None
        assert (view.post.kind, view.post.title) == (30_023, "The canal")
        await until(editor.posting.isVisible)
        editor.dismiss()
        menu = open_own_menu(window, view)
        press(menu, "Change")
        menu.close()
        await until(editor.isVisible)
        assert editor.title.text() == "Change your post"
        assert form.title.text == "The canal"
        assert not editor.kinds.isVisible()

    play(scene)


async def add_pictures(window: MainWindow, *names: str) -> None:
    """Pastes them, as a person would."""
    for name in names:
        data = QMimeData()
        data.setImageData(QImage.fromData(paint(name)))
        before = len(window.models.editor.pictures.shown)
        window.editor.form.edit.insertFromMimeData(data)
        await until(lambda b=before: len(window.models.editor.pictures.shown) > b)  # type: ignore[misc]


def test_pasted_pictures_are_described_put_in_order_and_taken_out_by_keyboard(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        stage.preferences.change(
            pictures="nobody"
        )  # What is on this machine is shown all the same.
        window.editor.write()
        await add_pictures(window, "one", "two")
        form, model = window.editor.form, window.models.editor.pictures
        [kept] = stage.writing.drafts()
        assert kept.pictures == model.shown
        await until(lambda: len(form.pictures.strip.lines) == 2)
        await until(lambda: window.images.get(model.shown[1].local_url, SIDE) is not None)
        assert "2 pictures say nothing" in form.pictures.said.text()
        QTest.keyClicks(form.pictures.strip.lines[0].alt, "Blue tiles")
        first, second = model.shown
        assert first.alt == "Blue tiles"
        await until(lambda: "1 picture says nothing" in form.pictures.said.text())
        assert form.pictures.strip.lines[0].alt.text() == "Blue tiles"
        QTest.keyClick(form.pictures.strip.lines[0].down, Qt.Key.Key_Space)
        assert model.shown == (second, first)
        assert form.pictures.strip.lines[1].alt.hasFocus()
        assert nameless(window.editor) == []
        QTest.keyClick(form.pictures.strip.lines[0].out, Qt.Key.Key_Space)
        assert [one.hash for one in model.shown] == [first.hash]
        await until(lambda: len(form.pictures.strip.lines) == 1)
        await add_pictures(window, "three")
        assert [one.alt for one in model.shown] == ["Blue tiles", ""]

    play(scene)


def test_files_that_are_dropped_become_pictures_and_others_get_a_sentence(
    play: Play, stage: Stage, tmp_path: Path
) -> None:
    async def scene(window: MainWindow) -> None:
        good, bad = tmp_path / "good.png", tmp_path / "<b>bad.png"
        good.write_bytes(paint("good"))
        bad.write_bytes(b"no picture")
        window.editor.write()
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in (bad, good)])
        assert window.editor.form.edit.canInsertFromMimeData(data)
        window.editor.form.edit.insertFromMimeData(data)
        model = window.models.editor.pictures
        await until(lambda: len(model.shown) == 1)
        said = window.editor.form.pictures.said
        await until(lambda: "<b>bad.png cannot be read as a picture" in said.text())
        assert said.textFormat() == Qt.TextFormat.PlainText
        assert window.editor.form.edit.toPlainText() == ""

    play(scene)


def test_a_server_is_named_where_the_pictures_are_before_they_can_be_published(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.editor.write()
        server = window.editor.form.pictures.server
        assert not server.isVisible()
        await add_pictures(window, "one")
        await until(server.field.isVisible)
        assert "hard to take back" in server.words.text()
        stage.writing.refusal = NoMediaServer()
        window.editor.publish_button.click()
        await until(lambda: "No media server is chosen" in window.models.editor.said.text)
        assert stage.writing.postings == {}
        server.field.setText("nonsense")
        server.button.click()
        said = window.editor.form.pictures.said
        await until(lambda: "not the address of a media server" in said.text())
        server.field.setText("https://media.example")
        QTest.keyClick(server.field, Qt.Key.Key_Return)
        await until(lambda: "Pictures go to media.example" in server.words.text())
        assert not server.field.isVisible()
        server.change_button.click()
        assert server.field.hasFocus()

    play(scene)


def test_uploading_says_how_far_it_is_and_can_be_stopped(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        editor, model = window.editor, window.models.editor
        editor.write()
        await add_pictures(window, "one")
        stage.writing.upload_gate = asyncio.Event()
        editor.publish_button.click()
        await until(editor.cancel_button.isVisible)
        assert model.said.text == "Uploading picture 1 of 1: 50 %"
        assert not editor.form.isEnabled()
        assert not editor.publish_button.isEnabled()
        assert window.focusWidget() is editor.cancel_button
        QTest.keyClick(editor.cancel_button, Qt.Key.Key_Space)
        await until(lambda: "Nothing was published, and your draft is kept." in model.said.text)
        await until(lambda: window.focusWidget() is editor.form.edit)
        assert editor.form.isEnabled()
        assert stage.writing.postings == {}
        editor.publish_button.click()
        await until(editor.cancel_button.isVisible)
        QTest.keyClick(editor.cancel_button, Qt.Key.Key_Escape)
        assert editor.isHidden()
        await until(lambda: "still on their way" in window.toast.text)
        editor.write()
        assert model.is_publishing
        stage.writing.upload_gate.set()
        await until(lambda: bool(stage.writing.postings))
        [posting] = stage.writing.postings.values()
        assert posting.event.content.startswith("https://m.example/")
        await until(editor.posting.isVisible)

    play(scene)


def test_a_failure_while_the_editor_is_closed_is_said_and_the_draft_stays(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.editor.write()
        await add_pictures(window, "one")
        stage.writing.upload_gate = asyncio.Event()
        stage.writing.refusal = UploadRefused("m.example", status=403, said="members only")
        window.editor.publish_button.click()
        await until(window.editor.cancel_button.isVisible)
        window.editor.dismiss()
        stage.writing.upload_gate.set()
        await until(lambda: "members only" in window.toast.text)
        assert len(stage.writing.drafts()) == 1

    play(scene)


def test_a_picture_post_has_a_title_and_its_preview_is_the_feeds_own(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        editor, model = window.editor, window.models.editor
        editor.write()
        editor.kinds.buttons["pictures"].click()
        await until(editor.form.name.isVisible)
        QTest.keyClicks(editor.form.name.edit, "First light")
        await until(lambda: not editor.publish_button.isEnabled())
        editor.kinds.buttons["note"].click()
        assert model.draft is not None
        assert model.draft.is_empty
        editor.kinds.buttons["pictures"].click()
        await until(lambda: editor.form.name.text == "First light")
        await add_pictures(window, "one")
        await until(editor.preview_button.isEnabled)
        editor.preview_button.click()
        view = editor.preview.card.view
        assert view is not None
        assert (view.post.kind, view.post.title) == (20, "First light")
        local = model.pictures.shown[0].local_url
        assert [one.url for one in view.post.images] == [local]
        await until(lambda: window.images.get(local, SIDE, view.author.pubkey) is not None)
        editor.publish_button.click()
        await until(lambda: bool(stage.writing.postings))
        event = stage.writing.postings[posting_of(stage)].event
        assert (event.kind, event.first("title"), event.content) == (20, "First light", "")

    play(scene)
