"""What floats over the alerts: one rule, and the words that are left out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from tipdesk.ports.desk import PICTURES, SOUNDS
from tipdesk.tips.alert import AlertRule
from tipdesk.tips.word_filter import WordFilter
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.desk_alerts import AlertsViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.chooser import Chooser
from tipdesk.ui.widgets.number_edit import NumberEdit
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 400


class RulePanel(Popover):
    """How tips from an amount on are shown."""

    def __init__(self, model: AlertsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._old: AlertRule | None = None
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(t("Alert rule"))
        self._layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.SNUG)
        self._layout.addLayout(self.head(t("Rule")))
        self._make_fields()
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self._layout.addWidget(self._problem)
        self.remove_button = Button(t("Remove"), look=Look.DANGER, name=t("Remove this rule"))
        self.remove_button.clicked.connect(self._remove)
        self.button = Button(t("Keep the rule"), icon="check", look=Look.PRIMARY)
        self.button.clicked.connect(self._save)
        line = row()
        line.addWidget(self.remove_button)
        line.addWidget(self.button, 1)
        self._layout.addLayout(line)

    def open_for(self, rule: AlertRule | None, anchor: QRect, back: QWidget) -> None:
        """Changes a rule; None for a new one."""
        self._old = rule
        shown = rule or self._model.new_rule()
        self.amount.set_amount(shown.min_amount)
        self.seconds.setText(str(shown.duration_ms // 1_000))
        self.template.setText(shown.template)
        self.picture.choose(shown.picture)
        self.sound.choose(shown.sound)
        self.volume.setText(str(shown.volume))
        self.speaks.setChecked(shown.speaks)
        self.speaks.setEnabled(self._model.speaker is not None)
        self.picture.offer(self._model.pictures())
        self.sound.offer(self._model.sounds())
        self.remove_button.setVisible(rule is not None)
        self._model.problem = ""
        self._say()
        self.open_at(anchor, back)
        self.amount.setFocus()

    def _make_fields(self) -> None:
        self.amount = AmountEdit(t("Tips from this amount on"))
        self.seconds = NumberEdit(t("Shown for"), t("seconds"), least=1, most=60)
        self.volume = NumberEdit(t("Volume of the sound"), "%", least=0, most=100)
        self.template = QLineEdit()
        self.template.setFixedHeight(40)
        self.template.setMaxLength(120)
        self.template.setAccessibleName(t("Words of the alert, with {name} and {amount}"))
        add = t("Add a file …")
        self.picture = Chooser(t("Picture"), t("No picture"), last=add, act=self._ask_picture)
        self.sound = Chooser(t("Sound"), t("No sound"), last=add, act=self._ask_sound)
        speaker = self._model.speaker
        self.speaks = CheckBox(
            t("Read it aloud with {speaker}", speaker=speaker)
            if speaker
            else t("This system reads nothing aloud")
        )
        pairs: Sequence[tuple[str, Sequence[QWidget]]] = (
            (t("Tips from this amount on, shown for"), (self.amount, self.seconds)),
            (t("Words, where {name} and {amount} stand for the tip's"), (self.template,)),
            (t("Picture and sound"), (self.picture, self.sound)),
            (t("Volume, and speech"), (self.volume, self.speaks)),
        )
        for title, fields in pairs:
            self._layout.addWidget(Text(title, Type.SMALL, "soft", wrap=True))
            line = row()
            for field in fields:
                line.addWidget(field, 1)
            self._layout.addLayout(line)
        self.seconds.setFixedHeight(40)

    def _save(self) -> None:
        least = self.amount.amount
        if least is None:
            self._model.problem = self.amount.problem or t("Write from which amount on.")
            self._say()
            return
        rule = replace(
            self._old or AlertRule(min_amount=least),
            min_amount=least,
            duration_ms=self.seconds.number * 1_000,
            picture=self.picture.choice,
            sound=self.sound.choice,
            volume=self.volume.number,
            speaks=self.speaks.isChecked(),
            template=self.template.text(),
        )
        if self._model.put_rule(self._old, rule):
            self.dismiss()
        self._say()

    def _remove(self) -> None:
        if self._old is not None and self._model.remove_rule(self._old):
            self.dismiss()

    def _say(self) -> None:
        self._problem.setText(self._model.problem)
        self._problem.setVisible(bool(self._model.problem))
        if self.isVisible():
            self.fit()

    def _ask_picture(self) -> None:
        self._ask_file(t("A picture for alerts"), PICTURES, self._take_picture)

    def _ask_sound(self) -> None:
        self._ask_file(t("A sound for alerts"), SOUNDS, self._take_sound)

    def _take_picture(self, name: str) -> None:
        self.picture.offer(self._model.pictures())
        self.picture.choose(name)

    def _take_sound(self, name: str) -> None:
        self.sound.offer(self._model.sounds())
        self.sound.choose(name)

    def _ask_file(self, title: str, endings: frozenset[str], then: Callable[[str], None]) -> None:
        kinds = " ".join(f"*{ending}" for ending in sorted(endings))
        dialog = QFileDialog(self.window(), title, "", t("Files ({kinds})", kinds=kinds))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._model.add_file(path, then))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class WordsPanel(Popover):
    """Words that viewers neither see nor hear, one in each line."""

    def __init__(self, model: AlertsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH - 60)
        self._model = model
        self.setAccessibleName(t("Words that are left out"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.SNUG)
        layout.addLayout(self.head(t("Word filter")))
        layout.addWidget(
            Text(
                t(
                    "One in each line; a * at the end stands for any ending. It is a sieve, not a "
                    "wall: to be sure, hold alerts until you have read them."
                ),
                Type.SMALL,
                "soft",
                wrap=True,
            )
        )
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(t("Words that are left out, one in each line"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(150)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.button = Button(t("Keep the words"), icon="check", look=Look.PRIMARY)
        self.button.clicked.connect(self._save)
        for part in (self.text, self._problem, self.button):
            layout.addWidget(part)

    def open_now(self, anchor: QRect, back: QWidget) -> None:
        """Shows the words as they are."""
        self.text.setPlainText("\n".join(self._model.settings.words.words))
        self._problem.hide()
        self.open_at(anchor, back)
        self.text.setFocus()

    def _save(self) -> None:
        lines = (line.strip() for line in self.text.toPlainText().splitlines())
        chosen = WordFilter(tuple(dict.fromkeys(line for line in lines if line)))
        if self._model.choose(replace(self._model.settings, words=chosen)):
            self.dismiss()
        self._problem.setText(self._model.problem)
        self._problem.setVisible(bool(self._model.problem))
