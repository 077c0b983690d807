"""A line in a card: a state, two lines of words, and buttons; and a list of such lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.text import Elided, Text, plain_tooltip


@dataclass(frozen=True, slots=True)
class Act:
    """A button of a line: its words, what screen readers say, what it does."""

    label: str
    name: str
    do: Callable[[], None]
    look: Look = Look.QUIET


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. `tone` is the title's, `state` and its tone the pill's."""

    title: str
    detail: str = ""
    state: str = ""
    state_tone: str = "calm"
    tone: str = ""
    hint: str = ""
    acts: tuple[Act, ...] = field(default=(), compare=False)


class ActionLine(QWidget):
    """Shows a `Line`; `wrap` breaks long words instead of cutting them."""

    def __init__(self, *, wrap: bool = False) -> None:
        super().__init__()
        line = row(spacing=Space.SNUG)
        line.setContentsMargins(0, Space.HAIR, 0, Space.HAIR)
        self.setLayout(line)
        self._pill = Pill()
        self._title = Elided(step=Type.SMALL_STRONG)
        self._detail = Text("", Type.SMALL, "soft", wrap=True) if wrap else Elided("", Type.SMALL)
        self._detail.set_tone("soft")
        self._acts: tuple[Act, ...] = ()
        self.buttons: list[Button] = []
        middle = QWidget()
        inner = column(middle, spacing=1)
        head = row()
        head.addWidget(self._title, 1)
        head.addWidget(self._pill)
        inner.addLayout(head)
        inner.addWidget(self._detail)
        line.addWidget(middle, 1)
        self._line = line

    def show_line(self, line: Line) -> None:
        """Shows what it says; buttons keep the keyboard if there are as many as before."""
        self._title.setText(line.title)
        self._title.set_tone(line.tone)
        self._detail.setText(line.detail)
        self._detail.setVisible(bool(line.detail))
        self._pill.show_words(line.state, line.state_tone)
        self._pill.setVisible(bool(line.state))
        self.setToolTip(plain_tooltip(line.hint) if line.hint else "")
        self.setAccessibleName(". ".join(filter(None, (line.state, line.title, line.detail))))
        self._acts = line.acts
        while len(self.buttons) < len(line.acts):
            self._add_button(len(self.buttons))
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(line.acts))
            if place < len(line.acts):
                act = line.acts[place]
                button.set_label(act.label, act.name)

    def _add_button(self, place: int) -> None:
        button = Button(small=True, name=t("Act"), look=self._acts[place].look)
        button.clicked.connect(lambda: self._press(place))
        self.buttons.append(button)
        self._line.addWidget(button)

    def _press(self, place: int) -> None:
        if place < len(self._acts):
            self._acts[place].do()


class LineList(QWidget):
    """As many lines as there is something to say, used again."""

    def __init__(self, name: str, *, wrap: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._wrap = wrap
        self.lines: list[ActionLine] = []
        self._column = column(self, spacing=Space.SNUG)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Shows these, and no others."""
        while len(self.lines) < len(lines):
            added = ActionLine(wrap=self._wrap)
            self.lines.append(added)
            self._column.addWidget(added)
        for place, widget in enumerate(self.lines):
            widget.setVisible(place < len(lines))
            if place < len(lines):
                widget.show_line(lines[place])
        self.setVisible(bool(lines))
