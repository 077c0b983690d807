"""What tips set off is remembered: fates of alerts, jobs of triggers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import START
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.desk_log import MoneyAlertLog, MoneyTriggerLog
from tipdesk.app.core import SCHEMA
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import AlertLog, JobState, ReceivedTip, TriggerJob, TriggerLog
from tipdesk.tips.alert import Fate

ONE, TWO, THREE = (PaymentHash(bytes([n]) * 32) for n in (1, 2, 3))
JOB = TriggerJob(rule="r", payment_hash=ONE, state=JobState.WAITING, attempts=0, due_at=START)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[MoneyDatabase]:
    made = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield made
    made.close()


def test_a_fate_is_kept_and_the_last_one_counts(database: MoneyDatabase) -> None:
    log: AlertLog = MoneyAlertLog(database)
    assert (log.fate(ONE), log.is_seen(ONE)) == (None, False)
    for fate in Fate:
        log.keep(ONE, fate, START)
        assert log.fate(ONE) is fate
    log.mark_seen(ONE)
    log.keep(ONE, Fate.SHOWN, START)
    assert (log.is_seen(ONE), log.is_seen(TWO)) == (True, False)


def test_what_waited_at_the_end_of_a_run_is_missed(database: MoneyDatabase) -> None:
    log = MoneyAlertLog(database)
    log.keep(ONE, Fate.HELD, START)
    log.keep(TWO, Fate.SHOWN, START)
    log.keep(THREE, Fate.QUIET, START.plus_ms(1))
    log.give_up_waiting(START.plus_ms(2))
    assert log.missed(10) == [(ONE, Fate.AWAY), (THREE, Fate.QUIET)]
    assert log.missed(10, 1) == [(THREE, Fate.QUIET)]
    assert {fate for fate in Fate if fate.is_missed} == {Fate.QUIET, Fate.AWAY, Fate.CROWDED}


def test_tips_without_a_fate_are_found(database: MoneyDatabase) -> None:
    log, desk = MoneyAlertLog(database), MoneyDeskStore(database)
    for number, payment_hash in enumerate((ONE, TWO, THREE)):
        desk.file(
            ReceivedTip(
                payment_hash=payment_hash,
                amount=Msat(1),
                at=START.plus_ms(number),
                sender=None,
                claimed_name="",
                target=None,
                comment="",
            )
        )
    log.keep(TWO, Fate.SHOWN, START)
    assert log.fateless(START) == [ONE, THREE]
    assert log.fateless(START.plus_ms(1)) == [THREE]


def test_a_job_is_there_once_for_a_rule_and_a_payment(database: MoneyDatabase) -> None:
    log: TriggerLog = MoneyTriggerLog(database)
    other = replace(JOB, rule="s", due_at=START.plus_ms(-1))
    assert log.add_job(JOB)
    assert log.add_job(other)
    assert not log.add_job(replace(JOB, attempts=3))
    assert log.unfinished() == [other, JOB]
    done = replace(JOB, state=JobState.DONE, attempts=2, problem="x")
    log.save_job(done)
    assert (log.unfinished(), log.jobs(10), log.jobs(1)) == ([other], [other, done], [other])
