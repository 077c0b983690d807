"""`AlertLog` and `TriggerLog` over `money.db`: what tips set off, so that it happens once."""

from typing import Any

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.ports.desk import JobState, TriggerJob
from tipdesk.tips.alert import Fate

_JOB = "SELECT rule, payment_hash, state, attempts, due_at_ms, problem FROM desk_jobs "


class MoneyAlertLog:
    """See `AlertLog`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `AlertLog.commit`."""
        self._db.commit()

    def fate(self, payment_hash: PaymentHash) -> Fate | None:
        """See `AlertLog.fate`."""
        rows = self._db.read(
            "SELECT fate FROM desk_alerts WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return next((Fate[fate] for (fate,) in rows), None)

    def keep(self, payment_hash: PaymentHash, fate: Fate, at: Instant) -> None:
        """See `AlertLog.keep`."""
        self._db.write(
            "INSERT INTO desk_alerts VALUES (?, ?, ?, 0) ON CONFLICT (payment_hash) "
            "DO UPDATE SET fate = excluded.fate, at_ms = excluded.at_ms",
            (bytes(payment_hash), fate.name, at.ms),
        )

    def mark_seen(self, payment_hash: PaymentHash) -> None:
        """See `AlertLog.mark_seen`."""
        self._db.write(
            "UPDATE desk_alerts SET is_seen = 1 WHERE payment_hash = ?", (bytes(payment_hash),)
        )

    def is_seen(self, payment_hash: PaymentHash) -> bool:
        """See `AlertLog.is_seen`."""
        rows = self._db.read(
            "SELECT is_seen FROM desk_alerts WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return any(seen for (seen,) in rows)

    def give_up_waiting(self, at: Instant) -> None:
        """See `AlertLog.give_up_waiting`."""
        self._db.write(
            "UPDATE desk_alerts SET fate = 'AWAY', at_ms = ? WHERE fate IN ('HELD', 'QUEUED')",
            (at.ms,),
        )

    def missed(self, limit: int, offset: int = 0) -> list[tuple[PaymentHash, Fate]]:
        """See `AlertLog.missed`."""
        rows = self._db.read(
            "SELECT payment_hash, fate FROM desk_alerts "
            "WHERE fate IN ('QUIET', 'AWAY', 'CROWDED') "
            "ORDER BY at_ms DESC, rowid DESC LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [(PaymentHash(payment_hash), Fate[fate]) for payment_hash, fate in rows]

    def fateless(self, since: Instant) -> list[PaymentHash]:
        """See `AlertLog.fateless`."""
        rows = self._db.read(
            "SELECT payment_hash FROM desk_tips d WHERE at_ms >= ? AND NOT EXISTS "
            "(SELECT 1 FROM desk_alerts a WHERE a.payment_hash = d.payment_hash) ORDER BY at_ms",
            (since.ms,),
        )
        return [PaymentHash(payment_hash) for (payment_hash,) in rows]


class MoneyTriggerLog:
    """See `TriggerLog`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `TriggerLog.commit`."""
        self._db.commit()

    def add_job(self, job: TriggerJob) -> bool:
        """See `TriggerLog.add_job`."""
        key = (job.rule, bytes(job.payment_hash))
        for _ in self._db.read(_JOB + "WHERE rule = ? AND payment_hash = ?", key):
            return False
        self._db.write(
            "INSERT INTO desk_jobs VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (*key, job.state.name, job.attempts, job.due_at.ms, job.problem),
        )
        return True

    def save_job(self, job: TriggerJob) -> None:
        """See `TriggerLog.save_job`."""
        self._db.write(
            "UPDATE desk_jobs SET state = ?, attempts = ?, due_at_ms = ?, problem = ? "
            "WHERE rule = ? AND payment_hash = ?",
            (
                job.state.name,
                job.attempts,
                job.due_at.ms,
                job.problem,
                job.rule,
                bytes(job.payment_hash),
            ),
        )

    def unfinished(self) -> list[TriggerJob]:
        """See `TriggerLog.unfinished`."""
        rows = self._db.read(
            _JOB + "WHERE state IN ('WAITING', 'BEGUN') ORDER BY due_at_ms, number"
        )
        return [_job(row) for row in rows]

    def jobs(self, limit: int) -> list[TriggerJob]:
        """See `TriggerLog.jobs`."""
        return [_job(row) for row in self._db.read(_JOB + "ORDER BY number DESC LIMIT ?", (limit,))]


def _job(row: tuple[Any, ...]) -> TriggerJob:
    rule, payment_hash, state, attempts, due_at, problem = row
    return TriggerJob(
        rule=rule,
        payment_hash=PaymentHash(payment_hash),
        state=JobState[state],
        attempts=attempts,
        due_at=Instant(due_at),
        problem=problem,
    )
