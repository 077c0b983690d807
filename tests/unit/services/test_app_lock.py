"""The app lock: set, changed, taken away; slower after each wrong answer."""

import pytest

from tests.fakes import FakeEntropy, HandSeconds, MemoryVault
from tipdesk.base.entropy import Entropy
from tipdesk.services.app_lock import (
    LONGEST_WAIT_S,
    AppLock,
    LockAsksToWait,
    LockEntryUnreadable,
    NotTheseWords,
    PassphraseOutOfBounds,
    WrongLockPassphrase,
)

WORDS = "abandon ability able"


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def seconds() -> HandSeconds:
    return HandSeconds()


async def lock_over(vault: MemoryVault, seconds: HandSeconds) -> AppLock:
    entropy: Entropy = FakeEntropy()
    lock = AppLock(vault, entropy, owns=lambda w: w == WORDS, cost=2, seconds=seconds)
    await lock.load()
    return lock


async def test_without_a_passphrase_nothing_is_asked(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    assert not lock.is_set
    await lock.check("anything")


async def test_the_passphrase_opens_also_after_a_restart(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    await (await lock_over(vault, seconds)).set("correct horse")
    lock = await lock_over(vault, seconds)
    assert lock.is_set
    await lock.check("correct horse")
    with pytest.raises(WrongLockPassphrase):
        await lock.check("Correct horse")


async def test_the_passphrase_itself_is_nowhere_in_the_vault(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    await (await lock_over(vault, seconds)).set("correct horse")
    assert b"correct" not in b"".join(vault.kept.values())


async def test_two_locks_of_one_passphrase_have_different_entries(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    first = dict(vault.kept)
    await lock.set("correct horse", old="correct horse")
    assert vault.kept != first


async def test_each_wrong_answer_costs_more_time_up_to_a_minute(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    waits = []
    for _ in range(9):
        with pytest.raises(WrongLockPassphrase):
            await lock.check("wrong")
        waits.append(lock.wait_s)
        seconds.now += lock.wait_s
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


async def test_while_it_waits_not_even_the_right_one_is_heard(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    with pytest.raises(WrongLockPassphrase):
        await lock.check("wrong")
    with pytest.raises(LockAsksToWait, match="in 1 second"):
        await lock.check("correct horse")
    seconds.now += 1
    await lock.check("correct horse")
    assert lock.wait_s == 0


async def test_a_right_answer_makes_it_patient_again(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    for _ in range(4):
        with pytest.raises(WrongLockPassphrase):
            await lock.check("wrong")
        seconds.now += 60
    await lock.check("correct horse")
    with pytest.raises(WrongLockPassphrase):
        await lock.check("wrong")
    assert lock.wait_s == 1


async def test_a_lock_is_changed_and_removed_by_its_passphrase_alone(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    with pytest.raises(WrongLockPassphrase):
        await lock.set("battery staple", old="wrong")
    seconds.now += 1
    with pytest.raises(WrongLockPassphrase):
        await lock.remove("wrong")
    seconds.now += 2
    await lock.set("battery staple", old="correct horse")
    await lock.check("battery staple")
    await lock.remove("battery staple")
    assert not lock.is_set
    assert vault.kept == {}


@pytest.mark.parametrize("text", ["", "five5", "x" * 257])
async def test_what_keeps_nobody_out_is_refused(
    vault: MemoryVault, seconds: HandSeconds, text: str
) -> None:
    lock = await lock_over(vault, seconds)
    with pytest.raises(PassphraseOutOfBounds, match="6 to 256"):
        await lock.set(text)
    assert vault.kept == {}


async def test_letters_composed_in_two_ways_are_the_same(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("caf\u00e9 au lait")
    await lock.check("cafe\u0301 au lait")


async def test_whoever_has_the_words_takes_the_lock_away(
    vault: MemoryVault, seconds: HandSeconds
) -> None:
    lock = await lock_over(vault, seconds)
    await lock.set("correct horse")
    with pytest.raises(NotTheseWords):
        await lock.remove_with_words("able ability abandon")
    with pytest.raises(LockAsksToWait):
        await lock.remove_with_words(WORDS)
    seconds.now += 1
    await lock.remove_with_words(WORDS)
    assert not lock.is_set


@pytest.mark.parametrize("entry", [b"", b"\x02" * 50, b"\x01\x20" + bytes(48), b"\x01\x02short"])
async def test_an_entry_that_cannot_be_read_stays_locked(
    vault: MemoryVault, seconds: HandSeconds, entry: bytes
) -> None:
    vault.kept["app-lock"] = entry
    lock = await lock_over(vault, seconds)
    assert lock.is_set
    with pytest.raises(LockEntryUnreadable, match="with your words"):
        await lock.check("anything")
    await lock.remove_with_words(WORDS)
    assert not lock.is_set
