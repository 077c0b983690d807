"""What something pasted turned out to be: a face or a sign, and two lines of words."""

from PySide6.QtCore import Qt

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.send import Found
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, row, stack
from tipdesk.ui.widgets.text import Elided


class FoundLine(Panel):
    """Shows a `Found`; nothing at all without one."""

    def __init__(self, images: Images) -> None:
        super().__init__("sunken")
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.NEAR, Space.SNUG, Space.NEAR, Space.SNUG)
        self.setLayout(line)
        self._avatar = Avatar(34, images)
        self._icon = Icon("check", "good", 20)
        self._title, self._detail = Elided(step=Type.STRONG), Elided(step=Type.SMALL, tone="soft")
        line.addWidget(self._avatar)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(stack(self._title, self._detail), 1)
        self.hide()

    def show_found(self, found: Found | None) -> None:
        """Shows what it is."""
        self.setVisible(found is not None)
        if found is None:
            return
        self._avatar.setVisible(found.person is not None)
        self._avatar.show_profile(found.person)
        self._icon.setVisible(found.person is None)
        self._icon.show_icon(found.icon, "good")
        self._title.setText(found.title)
        self._detail.setText(found.detail)
        self.setAccessibleName(f"{found.title}. {found.detail}")
