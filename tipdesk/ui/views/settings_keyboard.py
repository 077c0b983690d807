"""Settings: every key there is."""

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.views.commands import Command, page_keys
from tipdesk.ui.views.settings_section import SettingsSection
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.setting_group import SettingGroup
from tipdesk.ui.widgets.text import Text


class KeyboardSection(SettingsSection):
    """Keys that work everywhere, then those of pages and lists."""

    TITLE = Phrase("Keyboard")
    ICON = "keyboard"

    def __init__(self, commands: Iterable[Command]) -> None:
        super().__init__()
        everywhere = SettingGroup(t("Everywhere"))
        everywhere.add_widget(_line(t("All commands"), (_shown("Ctrl+K"),)))
        for command in commands:
            if command.keys:
                everywhere.add_widget(_line(command.name, (command.shown_keys,)))
        self.add(everywhere)
        for title, lines in page_keys():
            group = SettingGroup(title)
            for keys, what in lines:
                group.add_widget(_line(what, tuple(_shown(one) for one in keys.split())))
            self.add(group)


def _shown(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _line(name: str, keys: tuple[str, ...]) -> QWidget:
    holder = QWidget()
    across = row(spacing=Space.SNUG)
    across.setContentsMargins(Space.ROOM, Space.SNUG, Space.ROOM, Space.SNUG)
    holder.setLayout(across)
    across.addWidget(Text(name, Type.BODY), 1)
    for one in keys:
        cap = Text(one, Type.SMALL_STRONG, "soft")
        cap.setProperty("keycap", True)  # noqa: FBT003 (Qt's signature)
        across.addWidget(cap)
    return holder
