"""The words that a wallet's money hangs on: shown to its owner, and checked once on paper.

The one door through which they leave the core. Where they are kept is `app/identity`'s business.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.app_lock import AppLock

T = TypeVar("T")

QUESTIONS: Final = 3
CHOICES: Final = 6
SNOOZE_MS: Final = 24 * 60 * 60 * 1_000
CHECKED: Final = "words_checked"
_SNOOZED: Final = "words_snoozed_until_ms"


@dataclass(frozen=True, slots=True)
class Question:
    """Which of these words stands at a place, counted from 0?"""

    place: int
    choices: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Question({self.place}, ...)"


@dataclass(frozen=True, slots=True)
class Revealed:
    """The words, and what is asked of whoever wrote them down."""

    words: tuple[str, ...]
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        return "Revealed(...)"


class SeedWords:
    """Shows the words for the lock's passphrase; knows whether they were checked.

    `fresh` makes the words of another wallet, which stand beside the right ones in the check.
    """

    def __init__(
        self,
        words: tuple[str, ...],
        lock: AppLock,
        *,
        settings: SettingsStore,
        clock: Clock,
        entropy: Entropy,
        fresh: Callable[[], Sequence[str]],
        has_worth: Callable[[], bool],
    ) -> None:
        self._words = words
        self._lock = lock
        self._settings = settings
        self._clock = clock
        self._entropy = entropy
        self._fresh = fresh
        self._has_worth = has_worth

    def __repr__(self) -> str:
        return "SeedWords(...)"

    @property
    def is_checked(self) -> bool:
        """Whether somebody once knew them by what they had written down."""
        return self._settings.setting(CHECKED) is not None

    @property
    def is_due(self) -> bool:
        """Whether to remind: there is money, they were never checked, and nobody said tomorrow."""
        if self.is_checked or not self._has_worth():
            return False
        snoozed = self._settings.setting(_SNOOZED)
        return snoozed is None or self._clock.now() >= Instant(int(snoozed))

    def snooze(self) -> None:
        """Does not remind for a day."""
        until = self._clock.now().plus_ms(SNOOZE_MS)
        self._settings.put_setting(_SNOOZED, str(until.ms))

    async def reveal(self, passphrase: str) -> Revealed:
        """The words; the lock's `RequestError`s if the passphrase is another."""
        await self._lock.check(passphrase)
        places = sorted(self._shuffled(range(len(self._words)))[:QUESTIONS])
        return Revealed(self._words, tuple(map(self._question, places)))

    def answer(self, chosen: Mapping[int, str]) -> bool:
        """Whether these words stand at these places; that is remembered if they do."""
        right = len(chosen) >= QUESTIONS and all(
            0 <= place < len(self._words) and self._words[place] == word
            for place, word in chosen.items()
        )
        if right and not self.is_checked:
            self._settings.put_setting(CHECKED, str(self._clock.now().ms))
        return right

    def _question(self, place: int) -> Question:
        right = self._words[place]
        others: dict[str, None] = {}
        while len(others) < CHOICES - 1:
            others |= dict.fromkeys(word for word in self._fresh() if word != right)
        choices = (right, *self._shuffled(others)[: CHOICES - 1])
        return Question(place, tuple(self._shuffled(choices)))

    def _shuffled(self, items: Iterable[T]) -> list[T]:
        return sorted(items, key=lambda _: self._entropy.random_bytes(8))
