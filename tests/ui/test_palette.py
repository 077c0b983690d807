"""The command palette, and keys that work from every page."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import INVOICE, Stage
from tests.ui.test_pages import texts
from tipdesk.ui.views.commands import Command, matching
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.palette import Palette
from tipdesk.ui.views.rail import PageName

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return


async def open_palette(window: MainWindow, text: str = "") -> Palette:
    await until(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_K, CONTROL)
    await until(window.palette_panel.isVisible)
    QTest.keyClicks(window.palette_panel.field, text)
    return window.palette_panel


def names(palette: Palette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


def test_control_k_finds_a_page_by_some_letters(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        palette = await open_palette(window, "wall")
        assert names(palette)[0] == "Wallet"
        QTest.keyClick(palette.field, ENTER)
        assert window.page is PageName.WALLET
        assert not palette.isVisible()

    play(scene)


def test_the_arrows_move_and_escape_gives_the_keyboard_back(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        before = window.focusWidget()
        palette = await open_palette(window)
        count = palette.list.count()
        QTest.keyClick(palette.field, Qt.Key.Key_Up)
        assert palette.list.currentRow() == count - 1
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
        assert palette.list.currentRow() == 0
        QTest.keyClick(palette.field, Qt.Key.Key_Escape)
        assert not palette.isVisible()
        assert window.focusWidget() is before

    play(scene)


def test_people_one_follows_are_found_by_name(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        palette = await open_palette(window)
        palette.field.setText(content.BELA.title[:4])
        found = names(palette)
        assert f"Posts of {content.BELA.title}" in found
        palette.list.setCurrentRow(found.index(f"Write to {content.BELA.title}"))
        QTest.keyClick(palette.field, ENTER)
        assert window.page is PageName.MESSAGES
        assert content.BELA.title in texts(window.pages.messages)

    play(scene)


def test_what_is_pasted_is_opened_and_not_paid(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        palette = await open_palette(window)
        palette.field.setText(INVOICE)
        assert names(palette) == ["Open what is written here"]
        QTest.keyClick(palette.field, ENTER)
        assert window.page is PageName.WALLET
        panel = window.pages.wallet.send_panel
        assert panel is not None
        assert panel.text.toPlainText() == INVOICE

    play(scene)


def test_words_that_fit_nothing_say_so(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        palette = await open_palette(window, "xyzzy")
        assert names(palette) == []
        assert "Nothing fits. Try fewer letters." in texts(palette)
        QTest.keyClick(palette.field, ENTER)
        assert palette.isVisible()

    play(scene)


def test_every_command_can_be_run_wherever_one_is(play: Play, stage: Stage) -> None:
    """None raises; panels that open close again."""

    async def scene(window: MainWindow) -> None:
        ends = {"Quit TipDesk", "Open another profile"}
        for page in (PageName.FEED, PageName.SETTINGS):
            for command in window.commands.all():
                if command.name not in ends:
                    window.open_page(page)
                    command.run()
        assert window.isVisible()

    play(scene)


def test_no_key_is_bound_twice(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        keys = [s.key().toString() for s in window.findChildren(QShortcut) if s.parent() is window]
        assert len(keys) == len(set(keys))
        bound = {QKeySequence(c.keys).toString() for c in window.commands.all() if c.keys}
        assert bound | {"Ctrl+K"} == set(keys)

    play(scene)


def test_the_keys_are_listed_in_the_settings(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        window.open_page(PageName.SETTINGS)
        window.pages.settings.open_section(window.pages.settings.keyboard)
        shown = texts(window.pages.settings.keyboard)
        for command in window.commands.all():
            if command.keys:
                assert command.name in shown
                assert command.shown_keys in shown

    play(scene)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["Send money", "Wallet", "Messages"]),
        ("MO", ["Send money"]),
        ("page w", ["Wallet"]),
        ("m", ["Messages", "Send money"]),
        ("nothing", []),
    ],
)
def test_names_that_begin_so_come_first(text: str, found: list[str]) -> None:
    commands = (
        Command("Send money", lambda: None),
        Command("Wallet", lambda: None, words="page"),
        Command("Messages", lambda: None),
    )
    assert [command.name for command in matching(commands, text)] == found


def test_the_field_is_all_that_tab_reaches(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        palette = await open_palette(window)
        QTest.keyClick(palette.field, Qt.Key.Key_Tab)
        assert isinstance(window.focusWidget(), QLineEdit)
        assert window.focusWidget() is palette.field

    play(scene)
