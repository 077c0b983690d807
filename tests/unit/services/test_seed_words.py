"""The words: given for the passphrase alone, asked for until they were checked."""

import pytest

from tests.fakes import FakeClock, FakeEntropy, HandSeconds, MemoryVault
from tipdesk.adapters.wallet.words import new_words
from tipdesk.services.app_lock import AppLock, WrongLockPassphrase
from tipdesk.services.seed_words import CHOICES, QUESTIONS, SNOOZE_MS, SeedWords

WORDS = (
    "legal",
    "winner",
    "thank",
    "year",
    "wave",
    "sausage",
    "worth",
    "useful",
    "legal",
    "winner",
    "thank",
    "yellow",
)


class Settings:
    """In memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def setting(self, name: str) -> str | None:
        return self.kept.get(name)

    def put_setting(self, name: str, value: str) -> None:
        self.kept[name] = value


class Desk:
    """The words of a wallet with money in it."""

    def __init__(self) -> None:
        self.clock, self.settings, self.worth = FakeClock(), Settings(), True
        entropy = FakeEntropy()
        self.lock = AppLock(
            MemoryVault(), entropy, owns=lambda _: False, cost=2, seconds=HandSeconds()
        )
        self.words = SeedWords(
            WORDS,
            self.lock,
            settings=self.settings,
            clock=self.clock,
            entropy=entropy,
            fresh=lambda: new_words(entropy.random_bytes(32)),
            has_worth=lambda: self.worth,
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_the_words_are_shown_for_the_right_passphrase_only(desk: Desk) -> None:
    assert (await desk.words.reveal("")).words == WORDS
    await desk.lock.set("correct horse")
    with pytest.raises(WrongLockPassphrase):
        await desk.words.reveal("wrong horse")
    desk.lock._free_at = 0.0
    assert (await desk.words.reveal("correct horse")).words == WORDS


async def test_three_places_are_asked_each_with_one_right_word_among_six(desk: Desk) -> None:
    asked = set()
    for _ in range(40):
        revealed = await desk.words.reveal("")
        places = [question.place for question in revealed.questions]
        assert len(set(places)) == QUESTIONS
        assert places == sorted(places)
        for question in revealed.questions:
            assert len(set(question.choices)) == CHOICES
            assert question.choices.count(WORDS[question.place]) == 1
        asked.update(places)
    assert asked == set(range(12))


async def test_the_right_word_stands_anywhere_among_the_six(desk: Desk) -> None:
    found = set()
    for _ in range(40):
        for question in (await desk.words.reveal("")).questions:
            found.add(question.choices.index(WORDS[question.place]))
    assert found == set(range(CHOICES))


def test_only_all_right_answers_pass_and_are_remembered(desk: Desk) -> None:
    assert not desk.words.answer({0: "legal", 1: "winner", 2: "year"})
    assert not desk.words.answer({0: "legal", 1: "winner"})
    assert not desk.words.answer({0: "legal", 1: "winner", 99: "year"})
    assert not desk.words.answer({0: "legal", 1: "winner", -1: "yellow"})
    assert not desk.words.is_checked
    assert desk.words.answer({0: "legal", 5: "sausage", 11: "yellow"})
    assert desk.words.is_checked
    assert not any("sausage" in kept for kept in desk.settings.kept.values())


def test_it_reminds_while_there_is_money_and_nobody_checked(desk: Desk) -> None:
    assert desk.words.is_due
    desk.worth = False
    assert not desk.words.is_due
    desk.worth = True
    desk.words.answer({0: "legal", 5: "sausage", 11: "yellow"})
    assert not desk.words.is_due


def test_tomorrow_is_a_day(desk: Desk) -> None:
    desk.words.snooze()
    assert not desk.words.is_due
    desk.clock.pass_ms(SNOOZE_MS - 1)
    assert not desk.words.is_due
    desk.clock.pass_ms(1)
    assert desk.words.is_due


async def test_nothing_prints_the_words(desk: Desk) -> None:
    revealed = await desk.words.reveal("")
    for said in (repr(desk.words), repr(revealed), repr(revealed.questions)):
        assert not any(word in said for word in WORDS)
