"""A relay of one's own list: whether it is written to and read, and a button that drops it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.nostr.nip65 import RelayUse
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Elided


class RelayRow(QWidget):
    """`wanted` with another `RelayUse`, `dropped` with the address."""

    wanted = Signal(object)
    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._use = RelayUse("")
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.NEAR, Space.TIGHT, Space.TIGHT, Space.TIGHT)
        self.setLayout(line)
        self._address = Elided(step=Type.BODY)
        self.writes, self.reads = CheckBox(t("Write")), CheckBox(t("Read"))
        self.drop_button = Button(icon="close", look=Look.GHOST, small=True, name=t("Drop"))
        # What is shown is what is published: it comes back with the answer.
        self.writes.clicked.connect(lambda on: self._want(self._use.reads, writes=on))
        self.reads.clicked.connect(lambda on: self._want(on, writes=self._use.writes))
        self.drop_button.clicked.connect(lambda: self.dropped.emit(self._use.url))
        line.addWidget(self._address, 1)
        for part in (self.writes, self.reads, self.drop_button):
            line.addWidget(part)

    def show_use(self, use: RelayUse) -> None:
        """A relay, as the list has it."""
        self._use = use
        shown = words.address(use.url)
        self._address.setText(shown.removeprefix("wss://"))
        self._address.setAccessibleName(shown)
        self.writes.setChecked(use.writes)
        self.reads.setChecked(use.reads)
        self.writes.setAccessibleName(t("Write to {shown}", shown=shown))
        self.reads.setAccessibleName(t("Read {shown}", shown=shown))
        self.drop_button.setAccessibleName(t("Drop {shown}", shown=shown))

    def _want(self, reads: bool, *, writes: bool) -> None:  # noqa: FBT001 (Qt's signal)
        self.wanted.emit(RelayUse(self._use.url, reads, writes))
