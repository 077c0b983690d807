"""The way to the first tip: four steps with what is done ticked, and a button for the next."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.first_steps import FirstStepsViewModel, Step, StepState
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Text


class FirstStepsCard(Panel):
    """`taken` with the `Step` that the person wants to take."""

    taken = Signal(object)

    def __init__(self, model: FirstStepsViewModel) -> None:
        super().__init__("card")
        self._model = model
        self.setAccessibleName(t("Your first tip"))
        layout = column(self, margin=Space.ROOM, spacing=Space.NEAR)
        head = row(spacing=Space.NEAR)
        head.addWidget(Text(t("Your first tip"), Type.HEADING), 1)
        self.button = Button(look=Look.PRIMARY, small=True, name=t("Next step"))
        self.button.clicked.connect(self._take)
        self.close_button = Button(
            icon="close", look=Look.GHOST, small=True, name=t("Put the steps away")
        )
        self.close_button.clicked.connect(model.put_away)
        head.addWidget(self.button)
        head.addWidget(self.close_button)
        layout.addLayout(head)
        line = row(spacing=Space.ROOM)
        self._parts: dict[Step, tuple[Icon, Text]] = {}
        for step in Step:
            icon, words = Icon("check", "ink_faint", 16), Text("", Type.SMALL_STRONG, "faint")
            one = row(spacing=Space.TIGHT + 2)
            one.addWidget(icon, 0, Qt.AlignmentFlag.AlignVCenter)
            one.addWidget(words)
            holder = QWidget()
            holder.setLayout(one)
            line.addWidget(holder)
            self._parts[step] = (icon, words)
        line.addStretch(1)
        layout.addLayout(line)
        model.changed.connect(self.update_view)
        self.update_view()

    @property
    def next_step(self) -> Step:
        """The first that is not done; the last once all are."""
        states = self._model.states
        return next((state.step for state in states if not state.is_done), states[-1].step)

    def update_view(self) -> None:
        """How every step stands."""
        self.setVisible(self._model.is_wanted)
        following = self.next_step
        for state in self._model.states:
            icon, words = self._parts[state.step]
            words.setText(_name(state))
            is_next = state.step is following
            tone = "good" if state.is_done else "" if is_next else "faint"
            words.set_tone(tone)
            icon.show_icon(
                "check" if state.is_done else "clock" if state.is_under_way else "bolt",
                "good" if state.is_done else "accent_ink" if is_next else "ink_faint",
            )
            said = t("{step}, done", step=_name(state)) if state.is_done else _name(state)
            words.setAccessibleName(said)
        self.button.set_label(_action(following))

    def _take(self) -> None:
        self.taken.emit(self.next_step)


def _name(state: StepState) -> str:
    match state.step:
        case Step.SATS:
            return t("Some sats")
        case Step.CHANNEL:
            return t("A channel, being opened") if state.is_under_way else t("A channel")
        case Step.FOLLOW:
            return t("Somebody to follow")
        case Step.TIP:
            return t("A tip")


def _action(step: Step) -> str:
    match step:
        case Step.SATS:
            return t("Get sats")
        case Step.CHANNEL:
            return t("Open a channel")
        case Step.FOLLOW:
            return t("Follow somebody")
        case Step.TIP:
            return t("Show me a post")
