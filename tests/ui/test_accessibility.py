"""Every page through the eyes of a screen reader and by the keyboard alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QWidget

from tests.ui.conftest import Play, until
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_NOTHING = {QAccessible.Role.NoRole, QAccessible.Role.Window}
_MOST_STOPS = 400


def reachable(root: QWidget) -> list[QWidget]:
    """What Tab may stop at."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def interface(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None, widget
    return found


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader has no word for."""
    found = []
    for widget in reachable(root):
        one = interface(widget)
        if not one.text(QAccessible.Text.Name).strip() or one.role() in _NOTHING:
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def places(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Each page, each section of the settings, each side of the creator's desk, each panel."""
    for page in PageName:
        window.open_page(page)
        yield page.name, window.pages.page(page)
    window.open_page(PageName.CREATOR)
    for side in window.pages.creator.tabs:
        window.pages.creator.open_side(side)
        yield side.name, window.pages.creator
    window.open_page(PageName.SETTINGS)
    for entry in window.pages.settings.entries:
        yield entry.title, window.pages.settings.open_entry(entry)
    window.open_palette()
    yield "palette", window.palette_panel
    window.open_first_sats()
    yield "first sats", window.first_sats
    window.open_page(PageName.WALLET)
    for name in ("send", "receive", "safety"):
        getattr(window.pages.wallet, f"open_{name}")()
        yield name, getattr(window.pages.wallet, f"{name}_panel")
    window.open_page(PageName.CHANNELS)
    window.pages.channels.ask_open()
    assert window.pages.channels.open_panel is not None
    yield "open a channel", window.pages.channels.open_panel


def test_every_control_has_a_name_and_a_role(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        found = {name: nameless(root) for name, root in places(window)}
        assert {name: lacks for name, lacks in found.items() if lacks} == {}
        assert nameless(window.rail) == []

    play(scene)


def test_what_is_only_drawn_is_said(play: Play) -> None:
    """Labels without words hide nothing: pictures and bars that paint have names of their own."""

    async def scene(window: MainWindow) -> None:
        for name, root in places(window):
            for label in root.findChildren(QLabel):
                if label.isVisible() and label.text():
                    assert interface(label).text(QAccessible.Text.Name), (name, label.text())

    play(scene)


@pytest.mark.parametrize("page", list(PageName))
def test_tab_goes_round_a_page_and_is_never_caught(play: Play, page: PageName) -> None:
    """Forwards everything is reached and one comes back; backwards as well."""

    async def scene(window: MainWindow) -> None:
        await until(window.isActiveWindow)
        window.open_page(page)
        wanted = set(map(id, reachable(window.pages.page(page)) + reachable(window.rail)))
        for key, modifier in (
            (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier),
            (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier),
        ):
            seen: list[int] = []
            for _ in range(_MOST_STOPS):
                focus = window.focusWidget()
                assert focus is not None
                QTest.keyClick(focus, key, modifier)
                now = window.focusWidget()
                assert now is not focus, f"caught in {type(focus).__name__}"
                seen.append(id(now))
                if wanted <= set(seen):
                    break
            missed = [
                f"{type(one).__name__} {one.accessibleName()!r}"
                for one in reachable(window.pages.page(page)) + reachable(window.rail)
                if id(one) not in seen and not isinstance(one, QAbstractScrollArea)
            ]
            assert missed == []

    play(scene)
