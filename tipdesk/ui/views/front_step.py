"""What all questions of the first run share."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Text


class FrontStep(QWidget):
    """A title, a sentence, and what is asked."""

    def __init__(
        self, model: FrontViewModel, title: str, text: str, step: Type = Type.TITLE
    ) -> None:
        super().__init__()
        self._model = model
        self.title = title
        self.body: QVBoxLayout = column(self, spacing=Space.NEAR)
        self.body.addWidget(Text(title, step, wrap=True))
        self.body.addWidget(Text(text, Type.BODY, "soft", wrap=True))
        self.body.addSpacing(Space.TIGHT)

    def end(self) -> None:
        """After what is asked: what is wrong with the answer."""
        self._problem = Text("", Type.BODY, "bad", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)

    @property
    def problem_text(self) -> str:
        """What is said to be wrong."""
        return self._problem.text()

    def show_problem(self, problem: str) -> None:
        """What is wrong; nothing if it is empty."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def update_view(self) -> None:
        """Shows what was answered before."""

    def take_keyboard(self) -> None:
        """The first thing that can be written or chosen."""
        self.setFocus()


def labelled(label: str, field: QWidget, note: str = "") -> QWidget:
    """A field under its label, with a note below it."""
    holder = QWidget()
    inner = column(holder, spacing=Space.TIGHT)
    inner.addWidget(Text(label, Type.SMALL_STRONG, "soft"))
    inner.addWidget(field)
    if note:
        inner.addWidget(Text(note, Type.SMALL, "faint", wrap=True))
    return holder


def noted(text: str, kind: str = "sunken") -> QWidget:
    """A sentence on a ground of its own."""
    panel = Panel(kind)
    line = row()
    line.setContentsMargins(Space.ROOM, Space.NEAR, Space.ROOM, Space.NEAR)
    panel.setLayout(line)
    words = Text(text, Type.BODY, wrap=True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    line.addWidget(words)
    return panel
