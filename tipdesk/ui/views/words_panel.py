"""Shows the words of the wallet to whoever may see them, and asks for three of them back."""

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from tipdesk.services.app_lock import MOST_CHARS
from tipdesk.services.seed_words import CHOICES
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.seed_words import SeedWordsViewModel, WordsStep
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.text import Text

_WIDTH = 460
_COLUMNS = 3


class WordsPanel(Popover):
    """Closed, hidden or left, it holds no word."""

    def __init__(self, model: SeedWordsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("The words of your wallet"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("The words of your wallet")))
        self._steps: dict[WordsStep, QWidget] = {
            WordsStep.ASK: self._make_ask(),
            WordsStep.SHOWN: self._make_shown(),
            WordsStep.CHECK: self._make_check(),
            WordsStep.DONE: self._make_done(),
        }
        for step in self._steps.values():
            layout.addWidget(step)
        self._seen: tuple[WordsStep, object] | None = None
        model.changed.connect(self._update)
        self.closed.connect(self._end)

    @property
    def problem_text(self) -> str:
        """What it says went wrong."""
        return "" if self._problem.isHidden() else self._problem.text()

    def open_for(self, anchor: QRect, back: QWidget) -> None:
        """From the warning on."""
        self._seen = None
        self._model.begin()
        self.open_at(anchor, back)
        self._update()

    def event(self, event: QEvent) -> bool:
        """Whoever turns to another window leaves the words to whoever passes by."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self._model.hide()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows them; a digit answers."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, Button):
                focused.click()
            elif self._model.step is WordsStep.ASK:
                self._reveal()
            event.accept()
            return
        number = event.key() - Qt.Key.Key_1
        if self._model.step is WordsStep.CHECK and 0 <= number < CHOICES:
            self.choices[number].click()
        super().keyPressEvent(event)

    def _make_ask(self) -> QWidget:
        holder, inner = _step()
        warning = Panel("warning")
        words = column(warning, margin=Space.NEAR, spacing=Space.TIGHT)
        words.addWidget(
            Text(
                t("Whoever sees these words can take all the money of this wallet."),
                Type.STRONG,
                wrap=True,
            )
        )
        words.addWidget(
            Text(
                t(
                    "Show them to nobody and type them nowhere but in TipDesk. Write them on "
                    "paper: a photo, a file or a message can be stolen."
                ),
                Type.BODY,
                wrap=True,
            )
        )
        inner.addWidget(warning)
        inner.addWidget(Text(never_asked(), Type.SMALL, "soft", wrap=True))
        self.passphrase = SecretEdit(t("Passphrase of the lock"), most=MOST_CHARS)
        inner.addWidget(self.passphrase)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        inner.addWidget(self._problem)
        self.show_button = Button(icon="eye", look=Look.PRIMARY, name=t("Show the words"))
        self.show_button.clicked.connect(self._reveal)
        inner.addWidget(self.show_button)
        return holder

    def _make_shown(self) -> QWidget:
        holder, inner = _step()
        said = t("Write them down in this order. They hide when you leave this window.")
        inner.addWidget(Text(said, Type.BODY, "soft", wrap=True))
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.SNUG)
        self.cells: list[WordCell] = []
        inner.addLayout(self._grid)
        inner.addWidget(Text(never_asked(), Type.SMALL, "soft", wrap=True))
        foot = row(spacing=Space.SNUG)
        self.hide_button = Button(t("Hide"))
        self.hide_button.clicked.connect(self._model.hide)
        self.written_button = Button(t("I have written them down"), look=Look.PRIMARY)
        self.written_button.clicked.connect(self._model.check)
        foot.addWidget(self.hide_button)
        foot.addWidget(self.written_button, 1)
        inner.addLayout(foot)
        return holder

    def _make_check(self) -> QWidget:
        holder, inner = _step()
        line = row()
        self._question = Text("", Type.STRONG)
        self._progress = Text("", Type.SMALL, "faint", tabular=True)
        line.addWidget(self._question, 1)
        line.addWidget(self._progress)
        inner.addLayout(line)
        about = t("Look at your paper, and choose with the pointer or the keys 1 to 6.")
        inner.addWidget(Text(about, Type.SMALL, "soft", wrap=True))
        grid = QGridLayout()
        grid.setSpacing(Space.SNUG)
        self.choices: list[Button] = []
        for place in range(CHOICES):
            button = Button(name=t("Answer"))
            button.clicked.connect(lambda _=False, p=place: self._choose(p))
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.choices.append(button)
        inner.addLayout(grid)
        return holder

    def _make_done(self) -> QWidget:
        holder, inner = _step()
        inner.addWidget(Text(t("What you wrote down is right."), Type.STRONG, wrap=True))
        inner.addWidget(
            Text(
                t(
                    "With these words and the channel backup your money comes back on any "
                    "computer. Keep the paper where only you find it."
                ),
                Type.BODY,
                "soft",
                wrap=True,
            )
        )
        self.done_button = Button(t("Done"), look=Look.PRIMARY)
        self.done_button.clicked.connect(self.dismiss)
        inner.addWidget(self.done_button)
        return holder

    def _reveal(self) -> None:
        if self.show_button.isEnabled():
            self._model.reveal(self.passphrase.text())
            self.passphrase.clear()

    def _choose(self, place: int) -> None:
        question = self._model.question
        if question is not None:
            self._model.choose(question.choices[place])

    def _end(self) -> None:
        self.passphrase.clear()
        self._model.end()

    def _update(self) -> None:
        self._show_words()
        if self.isHidden():
            return
        model = self._model
        self.passphrase.setVisible(model.asks_passphrase)
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self.show_button.setEnabled(not model.is_busy)
        self.show_button.set_label(t("One moment") if model.is_busy else t("Show the words"))
        question = model.question
        if question is not None:
            asked = t("Which is word {n}?", n=question.place + 1)
            self._question.setText(asked)
            self._progress.setText(model.progress)
            for number, (button, word) in enumerate(
                zip(self.choices, question.choices, strict=True), start=1
            ):
                button.set_label(f"{number}  {word}", f"{asked} {number}: {word}")
        for step, part in self._steps.items():
            part.setVisible(step is model.step)
        now = (model.step, question)
        if now != self._seen:
            self._seen = now
            self._take_keyboard()

    def _show_words(self) -> None:
        words = self._model.words
        while len(self.cells) < len(words):
            place = len(self.cells)
            down = -(-len(words) // _COLUMNS)
            cell = WordCell(place + 1)
            self._grid.addWidget(cell, place % down, place // down)
            self.cells.append(cell)
        for place, cell in enumerate(self.cells):
            cell.show_word(words[place] if place < len(words) else "")
        if self._model.question is None or self._model.step is not WordsStep.CHECK:
            for button in self.choices:
                button.set_label("", t("Answer"))

    def _take_keyboard(self) -> None:
        match self._model.step:
            case WordsStep.ASK:
                asks = self._model.asks_passphrase
                (self.passphrase if asks else self.show_button).setFocus()
            case WordsStep.SHOWN:
                self.written_button.setFocus()
            case WordsStep.CHECK:
                self.choices[0].setFocus()
            case WordsStep.DONE:
                self.done_button.setFocus()


class WordCell(Panel):
    """A word and its place."""

    def __init__(self, number: int) -> None:
        super().__init__("sunken")
        self._number = number
        line = row(spacing=Space.SNUG)
        line.setContentsMargins(Space.SNUG, Space.SNUG, Space.SNUG, Space.SNUG)
        self.setLayout(line)
        place = Text(str(number), Type.SMALL, "faint", tabular=True)
        place.setFixedWidth(18)
        place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.word = Text("", Type.STRONG)
        line.addWidget(place)
        line.addWidget(self.word, 1)

    def show_word(self, word: str) -> None:
        """The word; empty: none."""
        self.word.setText(word)
        self.setAccessibleName(t("Word {n}: {word}", n=self._number, word=word) if word else "")


def never_asked() -> str:
    """What is said wherever words are shown or asked for."""
    return t("Nobody from TipDesk ever asks for your words.")


def _step() -> tuple[QWidget, QVBoxLayout]:
    holder = QWidget()
    return holder, column(holder, spacing=Space.NEAR)
