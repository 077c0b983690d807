"""The words of the wallet: whether to remind of them, and the way from showing to checking."""

from enum import Enum

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, RequestError, StorageError
from tipdesk.services.events import BalanceChanged, ChannelsChanged
from tipdesk.services.seed_words import Question
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class WordsStep(Enum):
    """Where the person is."""

    ASK = 0
    """Warned, and asked for the passphrase if there is one."""
    SHOWN = 1
    CHECK = 2
    DONE = 3


class SeedWordsViewModel(ViewModel):
    """`words` holds them while they are shown, and at no other time."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._service, self._lock = app.keys.words, app.keys.lock
        self.step = WordsStep.ASK
        self.words: tuple[str, ...] = ()
        self.is_busy = False
        self.problem = ""
        self._questions: tuple[Question, ...] = ()
        self._chosen: dict[int, str] = {}
        self._turn_of_asking = 0
        self.listen(BalanceChanged, self.touch)
        self.listen(ChannelsChanged, self.touch)

    @property
    def is_due(self) -> bool:
        """Whether to remind of them."""
        return self._service.is_due

    @property
    def is_checked(self) -> bool:
        """Whether they were checked once."""
        return self._service.is_checked

    @property
    def asks_passphrase(self) -> bool:
        """Whether the lock's passphrase is needed."""
        return self._lock.is_set

    @property
    def question(self) -> Question | None:
        """The one that is to be answered."""
        place = len(self._chosen)
        return self._questions[place] if place < len(self._questions) else None

    @property
    def progress(self) -> str:
        """How far the check is."""
        return t("{n} of {count}", n=len(self._chosen) + 1, count=len(self._questions))

    def snooze(self) -> None:
        """Reminds tomorrow."""
        self._service.snooze()
        self.touch()

    def begin(self) -> None:
        """From the warning on."""
        self._leave(WordsStep.ASK)

    def end(self) -> None:
        """Nothing is shown any more; what was under way shows nothing either."""
        self._leave(WordsStep.ASK)

    def reveal(self, passphrase: str) -> None:
        """Shows them, or says why not."""
        if not self.is_busy:
            self.is_busy, self.problem = True, ""
            self.changed.emit()
            spawn(self._reveal(passphrase, self._turn_of_asking), self)

    def hide(self) -> None:
        """Somebody else may look: they are asked for again."""
        if self.step is WordsStep.SHOWN:
            self._leave(WordsStep.ASK)

    def check(self) -> None:
        """They are written down, says the person."""
        if self.step is WordsStep.SHOWN:
            self.words, self.step = (), WordsStep.CHECK
            self.changed.emit()

    def choose(self, word: str) -> None:
        """The answer to the question; the last one decides."""
        question = self.question
        if self.step is not WordsStep.CHECK or question is None:
            return
        self._chosen[question.place] = word
        if self.question is not None:
            self.changed.emit()
        elif self._service.answer(self._chosen):
            self._leave(WordsStep.DONE)
        else:
            self._leave(WordsStep.ASK)
            self.problem = t(
                "One of the answers is another word. Compare what you wrote with the words, "
                "then try again."
            )
            self.changed.emit()

    async def _reveal(self, passphrase: str, turn: int) -> None:
        try:
            revealed = await self._service.reveal(passphrase)
        except (RequestError, BackendError, StorageError) as error:
            if turn == self._turn_of_asking:
                self.problem = sentence(error)
        else:
            if turn == self._turn_of_asking:
                self.words, self._questions = revealed.words, revealed.questions
                self.step = WordsStep.SHOWN
        finally:
            self.is_busy = False
        self.changed.emit()

    def _leave(self, step: WordsStep) -> None:
        self._turn_of_asking += 1
        self.step, self.words, self.problem = step, (), ""
        self._questions, self._chosen = (), {}
        self.changed.emit()
