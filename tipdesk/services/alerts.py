"""Drives the alerts: from a tip that our wallet settled to the pages in OBS, once and for ever."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, assert_never

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.ports.desk import AlertLog, CommandFailed, OverlayPage, OverlayPages, Speaker
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService, NoSuchTip
from tipdesk.services.desk_settings import load_alerts, save_alerts
from tipdesk.services.events import AlertsChanged, Notice
from tipdesk.services.periods import local_time
from tipdesk.services.views import IncomingTip
from tipdesk.tips import alerts as machine
from tipdesk.tips.alert import (
    AlertAction,
    AlertEvent,
    AlertSettings,
    ClockStruck,
    Fate,
    Hide,
    HideAsked,
    Keep,
    Landed,
    LandedTip,
    Passed,
    ReplayAsked,
    Show,
    Showing,
    SkipAsked,
    Speak,
    TrialAsked,
    Wake,
)
from tipdesk.tips.alerts import AlertContext, AlertState

MAX_UNSPOKEN: Final = 3
_SINCE: Final = "desk.alerts_since"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MissedAlert:
    """A tip that was not fired, and why."""

    tip: IncomingTip
    fate: Fate


class _Known:
    """Tips that have a fate, asked one at a time."""

    def __init__(self, log: AlertLog) -> None:
        self._log = log

    def __contains__(self, payment_hash: object) -> bool:
        return isinstance(payment_hash, PaymentHash) and self._log.fate(payment_hash) is not None


class AlertService:
    """The alerts of one run. What waited when the last one ended is listed as missed."""

    def __init__(
        self,
        *,
        creator: CreatorService,
        log: AlertLog,
        settings: SettingsStore,
        pages: OverlayPages,
        speaker: Speaker,
        bus: Bus,
        clock: Clock,
        zone: tzinfo | None = None,
    ) -> None:
        self._creator = creator
        self._log = log
        self._store = settings
        self._settings = load_alerts(settings)
        self._pages = pages
        self._speaker = speaker
        self._bus = bus
        self._clock = clock
        self._zone = zone
        self._state = AlertState()
        self._opened_at = clock.now()
        self._wake_at: Instant | None = None
        self._stirred = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._voice = asyncio.Lock()
        self._speaking: set[asyncio.Task[None]] = set()
        self._shown: dict[int, PaymentHash | None] = {}
        self._list_missed()
        creator.on_tip(lambda tip: self._take(Landed(_landed(tip))))

    @property
    def settings(self) -> AlertSettings:
        """The creator's rules. Kept when set; `ChoiceOutOfBounds` if they cannot be."""
        return self._settings

    @settings.setter
    def settings(self, chosen: AlertSettings) -> None:
        save_alerts(self._store, chosen)
        self._settings = chosen
        self._bus.publish(AlertsChanged())

    @property
    def state(self) -> AlertState:
        """What is shown, queued and held now."""
        return self._state

    @property
    def can_speak(self) -> str | None:
        """The system's own command that reads aloud; None if there is none."""
        return self._speaker.command

    def missed(self, limit: int = 50, offset: int = 0) -> tuple[MissedAlert, ...]:
        """Tips that were not fired and may still be shown, newest first."""
        found = ((self._creator.tip(key), fate) for key, fate in self._log.missed(limit, offset))
        return tuple(MissedAlert(tip, fate) for tip, fate in found if tip is not None)

    def fate(self, payment_hash: PaymentHash) -> Fate | None:
        """What became of a tip."""
        return self._log.fate(payment_hash)

    def was_seen(self, payment_hash: PaymentHash) -> bool:
        """Whether any page said that it showed it."""
        return self._log.is_seen(payment_hash)

    def trial(self, amount: Msat) -> None:
        """Shows an alert of that amount, marked as a test."""
        self._take(TrialAsked(amount))

    def let_pass(self, number: int) -> None:
        """Lets a held alert through."""
        self._take(Passed(number))

    def skip(self, number: int) -> None:
        """A held, queued or shown alert is not to be seen (any longer)."""
        self._take(SkipAsked(number))

    def hide(self) -> None:
        """Whatever is shown goes, now."""
        self._take(HideAsked())

    def replay(self, payment_hash: PaymentHash) -> None:
        """Shows a tip again, or one that was missed; `NoSuchTip`."""
        tip = self._creator.tip(payment_hash)
        if tip is None:
            raise NoSuchTip(payment_hash)
        self._take(ReplayAsked(_landed(tip)))

    def shown(self, number: int) -> None:
        """A page says that it shows the alert of that number."""
        payment_hash = self._shown.pop(number, None)
        if payment_hash is not None:
            self._log.mark_seen(payment_hash)
            self._log.commit()

    async def run(self) -> None:
        """Moves the queue on by the clock until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                while True:
                    await self._sleep()
            finally:
                self._group = None

    async def _sleep(self) -> None:
        self._stirred.clear()
        wake = self._wake_at
        seconds = None if wake is None else max(0, wake.since(self._clock.now())) / 1_000
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            self._take(ClockStruck())

    def _list_missed(self) -> None:
        """What settled since the last run began, and has no fate, landed while nobody looked."""
        now, since = self._opened_at, self._store.setting(_SINCE)
        self._log.give_up_waiting(now)
        if since is not None:
            for payment_hash in self._log.fateless(Instant(int(since))):
                self._log.keep(payment_hash, Fate.AWAY, now)
        self._log.commit()
        self._store.put_setting(_SINCE, str(now.ms))

    def _take(self, event: AlertEvent) -> None:
        now = self._clock.now()
        local = local_time(now, self._zone)
        context = AlertContext(
            now=now,
            settings=self._settings,
            minute_of_day=local.hour * 60 + local.minute,
            opened_at=self._opened_at,
            known=_Known(self._log),
        )
        transition = machine.step(self._state, event, context)
        self._wake_at = None
        for action in transition.actions:
            self._do(action, now)
        is_new = transition.state != self._state
        self._state = transition.state
        self._log.commit()
        self._stirred.set()
        if is_new:
            self._bus.publish(AlertsChanged())

    def _do(self, action: AlertAction, now: Instant) -> None:
        match action:
            case Keep(payment_hash, fate):
                self._log.keep(payment_hash, fate, now)
            case Show(showing):
                self._log.commit()
                self._shown = {showing.alert.number: showing.alert.payment_hash}
                self._pages.push(OverlayPage.ALERTS, _shown_message(showing))
            case Hide(alert, is_asked):
                self._pages.push(OverlayPage.ALERTS, {"kind": "hide", "number": alert.number})
                for task in self._speaking if is_asked else ():
                    task.cancel()
            case Speak(text):
                self._begin_to_speak(text)
            case Wake(at):
                self._wake_at = at
            case _:
                assert_never(action)

    def _begin_to_speak(self, text: str) -> None:
        """One voice at a time; what would come long after its alert is not said at all."""
        if self._group is not None and len(self._speaking) < MAX_UNSPOKEN:
            task = self._group.create_task(self._speak(text), name="speech")
            self._speaking.add(task)
            task.add_done_callback(self._speaking.discard)

    async def _speak(self, text: str) -> None:
        try:
            async with self._voice:
                await self._speaker.speak(text)
        except CommandFailed as error:
            log.info("an alert was not read aloud: %s", error)
            self._bus.publish(
                Notice(
                    Phrase("An alert was not read aloud. {error}", error=in_words(error)),
                    serious=False,
                )
            )


def _landed(tip: IncomingTip) -> LandedTip:
    """Who signed is named by their profile; who did not, by what they claim."""
    return LandedTip(
        payment_hash=tip.payment_hash,
        amount=tip.amount,
        at=tip.at,
        name=tip.claimed_name if tip.sender is None else tip.sender.title,
        is_signed=tip.sender is not None,
        comment=tip.comment,
    )


def _shown_message(showing: Showing) -> dict[str, object]:
    alert, rule = showing.alert, showing.alert.rule
    return {
        "kind": "alert",
        "number": alert.number,
        "headline": [{"kind": part.kind.value, "text": part.text} for part in alert.headline],
        "comment": alert.comment,
        "test": alert.is_test,
        "duration_ms": rule.duration_ms,
        "ends_at_ms": showing.until.ms,
        "picture": rule.picture,
        "sound": rule.sound,
        "volume": rule.volume,
    }
