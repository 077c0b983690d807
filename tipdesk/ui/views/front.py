"""The window before a profile is open: one question at a time, each of which can be left."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.front import FrontViewModel, Step
from tipdesk.ui.views.front_mend import MendStep
from tipdesk.ui.views.front_step import FrontStep
from tipdesk.ui.views.front_steps import KeysStep, MoneyStep, ServersStep, YouStep
from tipdesk.ui.views.front_waits import (
    FailedStep,
    StartingStep,
    UnlockStep,
    WordsStep,
)
from tipdesk.ui.views.front_wallet import OwnWalletStep
from tipdesk.ui.views.front_welcome import Welcome
from tipdesk.ui.widgets.bolt import Bolt
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

SMALLEST = (760, 640)
_FIRST = (1_000, 760)
_WIDE = 620


class FrontWindow(QWidget):
    """`closed` when the person closed it."""

    closed = Signal()

    def __init__(self, model: FrontViewModel) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("TipDesk")
        self.setMinimumSize(*SMALLEST)
        self.resize(*_FIRST)
        self._model = model
        self._shown: Step | None = None
        self.steps: dict[Step, FrontStep] = {
            Step.WELCOME: Welcome(model),
            Step.MONEY: MoneyStep(model),
            Step.SERVERS: ServersStep(model),
            Step.YOU: YouStep(model),
            Step.KEYS: KeysStep(model),
            Step.WORDS: WordsStep(model),
            Step.OWN_WALLET: OwnWalletStep(model),
            Step.UNLOCK: UnlockStep(model),
            Step.STARTING: StartingStep(model),
            Step.FAILED: FailedStep(model),
            Step.MEND: MendStep(model),
        }
        self._stack = QStackedWidget()
        for part in self.steps.values():
            self._stack.addWidget(part)
        outer = row()
        outer.setContentsMargins(Space.FAR, Space.WIDE, Space.FAR, Space.WIDE)
        inner = QWidget()
        inner.setMaximumWidth(_WIDE)
        self._fill(column(inner, spacing=Space.ROOM))
        outer.addStretch(1)
        outer.addWidget(inner, 1_000)
        outer.addStretch(1)
        self.setLayout(outer)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        back.activated.connect(self._escape)
        model.changed.connect(self.update_view)

    @property
    def said_text(self) -> str:
        """What is wrong, if anything is."""
        return self.steps[self._model.step].problem_text

    def update_view(self) -> None:
        """The step that is wanted now."""
        model, step = self._model, self._model.step
        part = self.steps[step]
        part.update_view()
        steps = model.steps
        asked = step in steps
        self._place.setText(
            t("{n} of {count}", n=steps.index(step) + 1, count=len(steps)) if asked else ""
        )
        part.show_problem(model.problem)
        self.back.setVisible(step not in (Step.WELCOME, Step.STARTING))
        self.go_on.setVisible(asked)
        is_last = asked and step is steps[-1]
        made = t("Bring it back") if model.draft.is_restore else t("Make my wallet")
        self.go_on.set_label(made if is_last else t("Continue"))
        if step is not self._shown:
            self._shown = step
            self._stack.setCurrentWidget(part)
            part.take_keyboard()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tells that it was closed."""
        event.accept()
        self.closed.emit()

    def _fill(self, layout: QVBoxLayout) -> None:
        head = row(spacing=Space.NEAR)
        head.addWidget(Bolt())
        head.addWidget(Text("TipDesk", Type.HEADING))
        head.addStretch(1)
        self._place = Text("", Type.SMALL, "faint", tabular=True)
        head.addWidget(self._place)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        foot = row(spacing=Space.SNUG)
        self.back = Button(t("Back"), look=Look.GHOST)
        self.back.clicked.connect(self._model.back)
        self.go_on = Button(t("Continue"), look=Look.PRIMARY)
        self.go_on.clicked.connect(self._model.answered)
        self.go_on.setDefault(True)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.go_on)
        layout.addLayout(foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from a field of one line."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.go_on.isVisible():
            self._model.answered()
        else:
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self._model.step is Step.STARTING:
            self._model.cancel()
        elif self._model.step is not Step.WELCOME:
            self._model.back()
