"""A line that asks to write the words down, with a way to be left alone until tomorrow."""

from PySide6.QtCore import Qt, Signal

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, row
from tipdesk.ui.widgets.text import Text


class WordsReminder(Panel):
    """`wanted`: the person wants to see the words; `later`: not today."""

    wanted = Signal()
    later = Signal()

    def __init__(self) -> None:
        super().__init__("card")
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.ROOM, Space.SNUG, Space.SNUG, Space.SNUG)
        self.setLayout(line)
        middle = Qt.AlignmentFlag.AlignVCenter
        line.addWidget(Icon("shield", "accent_ink", 20), 0, middle)
        said = t(
            "Only the words of this wallet bring its money back if the computer is lost. Writing "
            "them down takes two minutes."
        )
        line.addWidget(Text(said, Type.BODY, wrap=True), 1)
        self.later_button = Button(
            t("Tomorrow"), look=Look.GHOST, small=True, name=t("Remind me tomorrow")
        )
        self.write_button = Button(t("Write them down"), look=Look.PRIMARY, small=True)
        self.later_button.clicked.connect(self.later)
        self.write_button.clicked.connect(self.wanted)
        line.addWidget(self.later_button, 0, middle)
        line.addWidget(self.write_button, 0, middle)
