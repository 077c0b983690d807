"""What a tip sets off outside TipDesk: a webhook, a program. Once for each rule and payment.

A webhook is sent until the server takes it, through restarts. A program is started once: when
TipDesk ended while it ran nobody knows how far it came, so that it is not started again.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.ports.desk import CommandRunner, JobState, TriggerJob, TriggerLog
from tipdesk.ports.http import EmptyAnswer, PostingClient
from tipdesk.ports.secrets import SecretVault
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import TriggersChanged
from tipdesk.services.trigger_rules import TriggerRule, Webhook, load_rules, save_rules
from tipdesk.services.views import IncomingTip

RETRY_SECONDS: Final = (5, 30, 120, 600, 3_600, 6 * 3_600, 12 * 3_600)
"""After the last of these a webhook is given up: about a day."""
WEBHOOK_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 30.0
MAX_AT_ONCE: Final = 8
MAX_ANSWER_BYTES: Final = 65_536
WEBHOOK_SECRET, _SINCE = "webhook-secret", "desk.triggers_since"
_INTERRUPTED: Final = Phrase("TipDesk was closed while it ran. It was not started again.")

log = logging.getLogger(__name__)


class TriggerService:
    """Hears of tips, remembers what each sets off, and does it."""

    def __init__(
        self,
        *,
        creator: CreatorService,
        log: TriggerLog,
        settings: SettingsStore,
        vault: SecretVault,
        http: PostingClient,
        runner: CommandRunner,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._creator = creator
        self._log = log
        self._settings = settings
        self._rules = load_rules(settings)
        self._vault = vault
        self._http = http
        self._runner = runner
        self._bus = bus
        self._clock = clock
        self._entropy = entropy
        self._stirred = asyncio.Event()
        self._under_way: set[tuple[str, PaymentHash]] = set()
        self._catch_up()
        creator.on_tip(self._set_off)

    @property
    def rules(self) -> tuple[TriggerRule, ...]:
        """What is set off by which tips. Kept when set; `BadTrigger` if one cannot be."""
        return self._rules

    @rules.setter
    def rules(self, chosen: tuple[TriggerRule, ...]) -> None:
        save_rules(self._settings, chosen)
        self._rules = chosen
        self._bus.publish(TriggersChanged())

    def jobs(self, limit: int = 50) -> tuple[TriggerJob, ...]:
        """What was set off lately, newest first."""
        return tuple(self._log.jobs(limit))

    async def secret(self) -> str:
        """What webhooks are signed with, in hexadecimal: the server needs the same."""
        stored = await self._vault.get(WEBHOOK_SECRET)
        return (await self._new_secret() if stored is None else stored).hex()

    async def renew_secret(self) -> None:
        """A new one; the server must be told."""
        await self._new_secret()

    async def run(self) -> None:
        """Does what is due until cancelled."""
        self._under_way.clear()
        for job in self._log.unfinished():
            if job.state is JobState.BEGUN:
                self._resume(job)
        async with asyncio.TaskGroup() as group:
            while True:
                self._stirred.clear()
                seconds = self._start_due(group)
                try:
                    async with asyncio.timeout(seconds):
                        await self._stirred.wait()
                except TimeoutError:
                    continue

    async def _new_secret(self) -> bytes:
        secret = self._entropy.random_bytes(32)
        await self._vault.put(WEBHOOK_SECRET, secret)
        return secret

    def _catch_up(self) -> None:
        """Webhooks for tips that landed while nobody was there to send them."""
        now, since = self._clock.now(), self._settings.setting(_SINCE)
        if since is not None:
            for tip in self._creator.since(Instant(int(since))):
                self._add(tip, (rule for rule in self._rules if isinstance(rule.does, Webhook)))
        self._log.commit()
        self._settings.put_setting(_SINCE, str(now.ms))
        self._opened_at = now

    def _set_off(self, tip: IncomingTip) -> None:
        # What a program does is for the moment; for one that passed it would be out of place.
        is_now = tip.at >= self._opened_at
        self._add(tip, (rule for rule in self._rules if is_now or isinstance(rule.does, Webhook)))
        self._log.commit()

    def _add(self, tip: IncomingTip, rules: Iterable[TriggerRule]) -> None:
        for rule in rules:
            if rule.is_on and tip.amount >= rule.min_amount and tip.at >= rule.since:
                self._log.add_job(
                    TriggerJob(
                        rule=rule.name,
                        payment_hash=tip.payment_hash,
                        state=JobState.WAITING,
                        attempts=0,
                        due_at=self._clock.now(),
                    )
                )
                self._stirred.set()

    def _resume(self, job: TriggerJob) -> None:
        rule = self._rule(job)
        if rule is not None and isinstance(rule.does, Webhook):
            self._save(replace(job, state=JobState.WAITING))
        else:
            self._save(replace(job, state=JobState.FAILED, problem=_INTERRUPTED))

    def _start_due(self, group: asyncio.TaskGroup) -> float | None:
        """Starts what is due, and says in how many seconds the next thing will be."""
        now = self._clock.now()
        for job in self._log.unfinished():
            key = (job.rule, job.payment_hash)
            if key in self._under_way or len(self._under_way) >= MAX_AT_ONCE:
                continue
            if job.due_at > now:
                return job.due_at.since(now) / 1_000
            self._under_way.add(key)
            group.create_task(self._supervised(job), name=f"trigger {job.rule}")
        return None

    async def _supervised(self, job: TriggerJob) -> None:
        try:
            await self._do(job)
        finally:
            self._under_way.discard((job.rule, job.payment_hash))
            self._stirred.set()

    async def _do(self, job: TriggerJob) -> None:
        rule, tip = self._rule(job), self._creator.tip(job.payment_hash)
        if rule is None or tip is None or not rule.is_on:
            self._save(replace(job, state=JobState.FAILED, problem="The rule is gone or off."))
            return
        begun = replace(job, state=JobState.BEGUN, attempts=job.attempts + 1)
        self._save(begun)
        body = json.dumps(_told(tip, rule), ensure_ascii=False).encode()
        try:
            if isinstance(rule.does, Webhook):
                await self._post(rule.does, job.payment_hash, body)
            else:
                await self._runner.run(rule.does.arguments, body, timeout=COMMAND_SECONDS)
        except BackendError as error:
            self._save(self._after_failure(begun, rule, in_words(error)))
        else:
            self._save(replace(begun, state=JobState.DONE, problem=""))

    def _after_failure(self, job: TriggerJob, rule: TriggerRule, problem: str) -> TriggerJob:
        if not isinstance(rule.does, Webhook) or job.attempts > len(RETRY_SECONDS):
            return replace(job, state=JobState.FAILED, problem=problem)
        due_at = self._clock.now().plus_ms(RETRY_SECONDS[job.attempts - 1] * 1_000)
        return replace(job, state=JobState.WAITING, due_at=due_at, problem=problem)

    async def _post(self, webhook: Webhook, payment_hash: PaymentHash, body: bytes) -> None:
        timestamp = str(self._clock.now().unix_seconds)
        secret = bytes.fromhex(await self.secret())
        signature = hmac_sha256(secret, timestamp.encode() + b"." + body).hex()
        headers = {
            "Content-Type": "application/json",
            "X-TipDesk-Payment": str(payment_hash),
            "X-TipDesk-Timestamp": timestamp,
            "X-TipDesk-Signature": f"sha256={signature}",
        }
        try:
            await self._http.post(
                webhook.url,
                body,
                headers=headers,
                max_bytes=MAX_ANSWER_BYTES,
                timeout=WEBHOOK_SECONDS,
            )
        except EmptyAnswer:
            return  # Taken, with nothing to say about it.

    def _rule(self, job: TriggerJob) -> TriggerRule | None:
        return next((rule for rule in self._rules if rule.name == job.rule), None)

    def _save(self, job: TriggerJob) -> None:
        self._log.save_job(job)
        self._log.commit()
        self._bus.publish(TriggersChanged())


def _told(tip: IncomingTip, rule: TriggerRule) -> dict[str, object]:
    """What the other side is told. Names and comments are strangers' words, as they came."""
    return {
        "rule": rule.name,
        "payment_hash": str(tip.payment_hash),
        "amount_msat": tip.amount.value,
        "settled_at_ms": tip.at.ms,
        "sender": None if tip.sender is None else tip.sender.npub,
        "name": tip.claimed_name if tip.sender is None else tip.sender.title,
        "is_name_signed": tip.sender is not None,
        "comment": tip.comment,
        "post": None if tip.target_event is None else str(tip.target_event),
    }
