"""One's own public face: the profile field by field, and the list of relays."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.errors import DecodeError
from tipdesk.nostr.nip65 import MAX_RELAYS, RelayUse
from tipdesk.services.own_lists import NewestUnknown, NotPublished
from tipdesk.services.publishing import ProfileLeftAlone
from tipdesk.ui.viewmodels.own_profile import Field, Own
from tipdesk.ui.views.creator import Side as DeskSide
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.own_profile import OwnProfilePanel, Side
from tipdesk.ui.views.rail import PageName

LEFT, ENTER = Qt.MouseButton.LeftButton, Qt.Key.Key_Return


async def opened(window: MainWindow) -> OwnProfilePanel:
    """The panel, once the relays have answered."""
    QTest.mouseClick(window.rail.myself, LEFT)
    panel = window.people.own
    await until(lambda: window.models.people.own_profile.state is not Own.ASKING)
    return panel


async def relays_of(window: MainWindow) -> OwnProfilePanel:
    """Its side of relays, once they have answered."""
    panel = await opened(window)
    panel.tabs[Side.RELAYS].setFocus()
    QTest.keyClick(panel.tabs[Side.RELAYS], ENTER)
    await until(lambda: window.models.people.own_relays.state is not Own.ASKING)
    return panel


def write(panel: OwnProfilePanel, field: Field, text: str) -> None:
    """In place of what stood there, with the keyboard."""
    edit = panel.form.fields[field].edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, text) if text.isascii() else _put(edit, text)


def _put(edit: QLineEdit | QPlainTextEdit, text: str) -> None:
    if isinstance(edit, QLineEdit):
        edit.setText(text)
    else:
        edit.setPlainText(text)


def test_it_shows_what_the_relays_have_and_publishes_only_what_changed(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        window.rail.myself.setFocus()
        QTest.keyClick(window.rail.myself, Qt.Key.Key_Space)
        panel = window.people.own
        assert panel.form.state.text == "Asking your relays for your profile …"
        assert not panel.form.save_button.isVisible()
        await until(panel.form.save_button.isVisible)
        shown = {field: line.text for field, line in panel.form.fields.items()}
        assert shown == {
            Field.NAME: "Mika",
            Field.ABOUT: "Guitars, mostly.\nSometimes <b>bread</b>.",
            Field.PICTURE: "https://img.example/face-9.png",
            Field.WEBSITE: "https://mika.example",
            Field.LIGHTNING: "mika@tipdesk.example",
            Field.NIP05: "",
        }
        assert window.focusWidget() is panel.form.fields[Field.NAME].edit
        assert not panel.form.save_button.isEnabled()
        write(panel, Field.WEBSITE, "https://new.example")
        write(panel, Field.LIGHTNING, "Mika@New.example")
        write(panel, Field.PICTURE, "")
        assert "Not published yet." in texts(panel)
        QTest.keyClick(panel.form.fields[Field.WEBSITE].edit, ENTER)
        await until(lambda: panel.form.said_text.startswith("Published."))
        assert stage.publishing.edits == [
            {"website": "https://new.example", "lud16": "mika@new.example", "picture": ""}
        ]
        assert panel.form.fields[Field.LIGHTNING].text == "mika@new.example"
        assert not panel.form.save_button.isEnabled()
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert window.focusWidget() is window.rail.myself

    play(scene)


@pytest.mark.parametrize(
    ("before", "changed", "hint"),
    [
        ({"name": "Mika"}, {"name"}, ""),
        ({"display_name": "Mika L.", "name": "mika"}, {"display_name"}, "still say “mika”"),
        ({"display_name": "Mika", "name": "Mika"}, {"display_name", "name"}, ""),
        ({"display_name": " ", "name": "Mika", "username": "Mika"}, {"name", "username"}, ""),
        ({"displayName": "Mika", "name": "Mika"}, {"displayName", "name"}, ""),
        ({}, {"name"}, ""),
    ],
)
def test_the_name_that_is_shown_is_the_name_that_is_changed(
    play: Play, stage: Stage, before: dict[str, str], changed: set[str], hint: str
) -> None:
    stage.publishing.fields = before

    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        assert hint in panel.form.fields[Field.NAME].said_text
        write(panel, Field.NAME, "Mika the Baker")
        QTest.mouseClick(panel.form.save_button, LEFT)
        await until(lambda: bool(stage.publishing.edits))
        assert stage.publishing.edits == [dict.fromkeys(changed, "Mika the Baker")]

    play(scene)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        (Field.LIGHTNING, "mika at home", "A lightning address looks like name@example.com."),
        (Field.LIGHTNING, "mika@-", "'-' is not a domain."),
        (Field.NIP05, "mika", "This is no name under a domain: it looks like name@example.com."),
        (Field.PICTURE, "javascript:alert(1)", "This is no web address: it begins with https://."),
        (Field.WEBSITE, "mika.example", "This is no web address: it begins with https://."),
        (Field.NAME, "M" * 81, "At most 80 letters."),
        (Field.ABOUT, "a" * 1_001, "1,001 of at most 1,000 letters."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_not_published(
    play: Play, stage: Stage, field: Field, text: str, said: str
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        line = panel.form.fields[field]
        _put(line.edit, text)
        assert line.said_text == said
        assert line.edit.accessibleDescription() == said
        assert not panel.form.save_button.isEnabled()
        control = Qt.KeyboardModifier.ControlModifier
        QTest.keyClick(line.edit, ENTER, control)
        assert not window.models.people.own_profile.is_saving
        QTest.mouseClick(panel.form.drop_button, LEFT)
        assert line.text == window.models.people.own_profile.text(field) != text
        assert not panel.form.drop_button.isVisible()
        assert stage.publishing.edits == []

    play(scene)


def test_offline_nothing_can_be_changed_and_it_is_tried_again(play: Play, stage: Stage) -> None:
    stage.publishing.problem = NewestUnknown(kind=0, asked=2, answered=0)

    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        assert panel.form.state.text.startswith("0 of 2 relays answered, so it is not certain")
        assert not panel.form.save_button.isVisible()
        assert not panel.form.fields[Field.NAME].edit.isVisible()
        QTest.mouseClick(panel.form.npub.button, LEFT)
        assert QGuiApplication.clipboard().text() == content.ME.npub
        stage.publishing.problem = None
        QTest.mouseClick(panel.form.state.again, LEFT)
        await until(panel.form.save_button.isVisible)

    play(scene)


def test_an_unreadable_profile_is_left_alone(play: Play, stage: Stage) -> None:
    stage.publishing.problem = ProfileLeftAlone(DecodeError("no JSON"))

    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        assert panel.form.state.text == "Your published profile was left as it is: no JSON."
        window.models.people.own_profile.write(Field.NAME, "Other")
        window.models.people.own_profile.save()
        assert not panel.form.save_button.isVisible()
        assert stage.publishing.edits == []

    play(scene)


def test_what_is_written_outlives_the_panel_and_a_refusal(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        write(panel, Field.ABOUT, "Bread.")
        panel.dismiss()
        await opened(window)
        assert panel.form.fields[Field.ABOUT].text == "Bread."
        stage.publishing.problem = NotPublished(["closed"])
        QTest.mouseClick(panel.form.save_button, LEFT)
        panel.dismiss()
        await until(lambda: window.toast.text.startswith("No relay took it: closed."))
        stage.publishing.problem = None
        await opened(window)
        assert panel.form.said_text.startswith("No relay took it: closed.")
        QTest.mouseClick(panel.form.save_button, LEFT)
        await until(lambda: stage.publishing.edits == [{"about": "Bread."}])

    play(scene)


def test_the_rail_the_desk_and_ones_own_panel_lead_to_it(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        assert window.rail.myself.accessibleName() == "Mika. Your profile"
        assert window.rail.myself.toolTip()
        stage.feeds.put_person(replace(content.ME, title="<b>Mika</b>\u202e!"))
        await until(lambda: window.rail.myself.name.text() == "<b>Mika</b>!")
        window.open_page(PageName.CREATOR)
        window.pages.creator.open_side(DeskSide.RECEIVING)
        QTest.mouseClick(window.pages.creator.receiving.profile_button, LEFT)
        panel = window.people.own
        assert panel.isVisible()
        assert "<b>Mika</b>!" in texts(panel)
        window.people.open_person(content.ME.pubkey, window.rect())
        assert panel.isHidden()
        QTest.mouseClick(window.people.person.edit_button, LEFT)
        assert panel.isVisible()
        assert window.people.person.isHidden()
        formats = {label.textFormat() for label in panel.findChildren(QLabel)}
        assert formats == {Qt.TextFormat.PlainText}

    play(scene)


def test_a_nip05_name_says_whether_its_domain_confirms_it(play: Play, stage: Stage) -> None:
    stage.publishing.fields["nip05"] = "mika@mika.example"

    async def scene(window: MainWindow) -> None:
        panel = await opened(window)
        line = panel.form.fields[Field.NIP05]
        assert line.said_text == "Others see it once its domain says that it is yours."
        stage.feeds.put_person(replace(content.ME, nip05="mika@mika.example"))
        await until(lambda: line.said_text == "Its domain confirms it.")
        write(panel, Field.NIP05, "mika.example")
        assert line.said_text == "Others see it once its domain says that it is yours."
        QTest.mouseClick(panel.form.save_button, LEFT)
        await until(lambda: stage.publishing.edits == [{"nip05": "_@mika.example"}])

    play(scene)


def test_relays_are_used_otherwise_added_and_dropped_and_the_outcome_is_said(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        panel = (await relays_of(window)).relays
        said = window.models.people.own_relays
        assert len(panel.rows) == 3
        panel.rows[1].writes.click()
        await until(
            lambda: said.said.text == "Published: you write to and read wss://inbox.example."
        )
        assert stage.relay_lists.relays[1] == RelayUse("wss://inbox.example")
        QTest.keyClicks(panel.address, "New.example/")
        QTest.keyClick(panel.address, ENTER)
        await until(lambda: panel.said_text.endswith("write to and read wss://new.example."))
        assert panel.address.text() == ""
        assert stage.relay_lists.relays[-1] == RelayUse("wss://new.example")
        QTest.mouseClick(panel.rows[0].drop_button, LEFT)
        await until(lambda: panel.said_text.endswith("relay.example is in your list no more."))
        assert window.focusWidget() is panel.address
        stage.relay_lists.is_away = True
        panel.rows[0].writes.click()
        await until(lambda: panel.said_text.startswith("Not changed. No relay took it"))
        assert panel.rows[0].writes.isChecked()

    play(scene)


def test_a_relay_with_neither_use_is_refused_and_so_is_what_is_none(
    play: Play, stage: Stage
) -> None:
    before = stage.relay_lists.relays

    async def scene(window: MainWindow) -> None:
        panel = (await relays_of(window)).relays
        panel.rows[1].reads.click()
        assert panel.said_text.startswith("A relay that you neither write to nor read")
        assert panel.rows[1].reads.isChecked()
        panel.address.setText("http://wrong.example")
        QTest.keyClick(panel.address, ENTER)
        await until(lambda: "is not the address of a relay" in panel.said_text)
        panel.address.setText("relay.example")
        QTest.keyClick(panel.address, ENTER)
        assert panel.said_text == "It is in the list already."
        assert stage.relay_lists.relays == before

    play(scene)


def test_a_second_change_waits_for_the_first_and_the_list_is_bounded(
    play: Play, stage: Stage
) -> None:
    many = tuple(RelayUse(f"wss://r{n}.example") for n in range(MAX_RELAYS))
    stage.relay_lists.relays = many

    async def scene(window: MainWindow) -> None:
        panel = (await relays_of(window)).relays
        panel.rows[0].reads.click()
        panel.rows[1].reads.click()
        assert panel.said_text.startswith("One change at a time")
        assert panel.rows[1].reads.isChecked()
        await until(lambda: panel.said_text.startswith("Published: you write to"))
        assert stage.relay_lists.relays[1] == many[1]
        panel.address.setText("wss://one-more.example")
        QTest.keyClick(panel.address, ENTER)
        assert "20 relays of a list at most" in panel.said_text
        assert len(stage.relay_lists.relays) == MAX_RELAYS

    play(scene)


def test_no_list_and_no_answer_are_two_sentences(play: Play, stage: Stage) -> None:
    stage.relay_lists.relays = ()

    async def scene(window: MainWindow) -> None:
        panel = (await relays_of(window)).relays
        assert any(text.startswith("You have no public list yet") for text in texts(panel))
        stage.relay_lists.is_away = True
        window.models.people.own_relays.look()
        assert panel.state.text == "Asking your relays for your list …"
        await until(lambda: panel.state.text.startswith("0 of 2 relays answered"))
        assert not panel.add_button.isVisible()
        stage.relay_lists.is_away = False
        QTest.mouseClick(panel.state.again, LEFT)
        await until(panel.add_button.isVisible)

    play(scene)


@pytest.mark.parametrize("size", [(1_280, 800), (1_024, 700), (960, 640)])
def test_it_fits_into_the_window_with_every_field_wrong(play: Play, size: tuple[int, int]) -> None:
    async def scene(window: MainWindow) -> None:
        window.resize(*size)
        panel = await opened(window)
        for field in (Field.PICTURE, Field.WEBSITE, Field.LIGHTNING, Field.NIP05):
            _put(panel.form.fields[field].edit, "wrong")
        await until(lambda: panel.geometry().bottom() <= window.height())
        assert window.rect().contains(panel.geometry())
        line = panel.form.fields[Field.NIP05]
        line.edit.setFocus()
        QTest.keyClick(line.edit, Qt.Key.Key_Backtab)
        assert window.focusWidget() is panel.form.fields[Field.LIGHTNING].edit

    play(scene)
