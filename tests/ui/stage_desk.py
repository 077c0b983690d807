"""The creator's desk of the stage: the real machine of alerts, without clock, store or pages."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from tests.ui import content
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip75 import Goal as ZapGoal
from tipdesk.nostr.nip75 import GoalProgress
from tipdesk.ports.desk import JobState, OverlayPage, TriggerJob
from tipdesk.ports.http import PortInUse
from tipdesk.services.address_watch import AddressWatch
from tipdesk.services.alerts import MissedAlert
from tipdesk.services.bus import Bus
from tipdesk.services.desk_settings import Goal, PageSettings, checked_alerts, checked_pages
from tipdesk.services.events import AlertsChanged, GoalChanged, TriggersChanged
from tipdesk.services.goals import GoalView
from tipdesk.services.probe import ProbeCheck, ProbeStep
from tipdesk.services.trigger_rules import Command, TriggerRule, Webhook, checked_rules
from tipdesk.services.views import IncomingTip
from tipdesk.tips.alert import (
    AlertEvent,
    AlertRule,
    AlertSettings,
    Fate,
    HideAsked,
    Landed,
    LandedTip,
    Passed,
    ReplayAsked,
    SkipAsked,
    TrialAsked,
)
from tipdesk.tips.alerts import AlertContext, AlertState, step
from tipdesk.tips.word_filter import WordFilter


class TipSource(Protocol):
    """Tips that came in."""

    def incoming(self, limit: int | None = None, offset: int = 0) -> tuple[IncomingTip, ...]:
        """Newest first."""
        ...


class StageAlerts:
    """Alerts that go on only when they are told to."""

    def __init__(self, bus: Bus, clock: Clock, creator: TipSource) -> None:
        self._bus, self._clock, self._creator = bus, clock, creator
        self._settings = AlertSettings(
            rules=(
                AlertRule(min_amount=Msat(1_000)),
                AlertRule(
                    min_amount=Msat(1_000_000),
                    duration_ms=12_000,
                    picture="confetti.gif",
                    sound="<b>bell</b>.mp3",
                    speaks=True,
                    template="{name} <i>gave</i> {amount}!",
                ),
            ),
            words=WordFilter(("darn*", "<script>")),
        )
        self.state = AlertState()
        self.can_speak: str | None = "spd-say"
        self.missed_tips = [
            MissedAlert(tip, fate)
            for tip, fate in zip(
                content.incoming()[1:4], (Fate.AWAY, Fate.QUIET, Fate.CROWDED), strict=True
            )
        ]

    @property
    def settings(self) -> AlertSettings:
        """What was chosen."""
        return self._settings

    @settings.setter
    def settings(self, chosen: AlertSettings) -> None:
        self._settings = checked_alerts(chosen)
        self._bus.publish(AlertsChanged())

    def missed(self, limit: int = 50, offset: int = 0) -> tuple[MissedAlert, ...]:
        """Those that were not shown since."""
        return tuple(self.missed_tips[offset:][:limit])

    def trial(self, amount: Msat) -> None:
        """A test."""
        self.take(TrialAsked(amount))

    def let_pass(self, number: int) -> None:
        """A held one may go."""
        self.take(Passed(number))

    def skip(self, number: int) -> None:
        """One is not shown."""
        self.take(SkipAsked(number))

    def hide(self) -> None:
        """What is shown goes."""
        self.take(HideAsked())

    def replay(self, payment_hash: PaymentHash) -> None:
        """A missed one after all."""
        found = [tip for tip in self._creator.incoming() if tip.payment_hash == payment_hash]
        if not found:
            raise RequestError("this tip is not among those that came in")
        self.missed_tips = [m for m in self.missed_tips if m.tip.payment_hash != payment_hash]
        self.take(ReplayAsked(landed(found[0])))

    def fill(self) -> None:
        """One on air, one held, one next."""
        ana, somebody, bela, *_ = (landed(tip) for tip in content.incoming())
        now = self._clock.now()
        self.take(Landed(replace(ana, at=now)))
        self._settings = replace(self._settings, holds=True)
        self.take(Landed(replace(somebody, at=now)))
        self._settings = replace(self._settings, holds=False)
        self.take(Landed(replace(bela, at=now)))

    def take(self, event: AlertEvent) -> None:
        """One step of the machine."""
        context = AlertContext(
            now=self._clock.now(), settings=self._settings, minute_of_day=720, opened_at=Instant(0)
        )
        self.state = step(self.state, event, context).state
        self._bus.publish(AlertsChanged())


class StageOverlay:
    """Addresses that nobody serves."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.port = 47_110
        self.token = "s3cret" * 7
        self.open: dict[OverlayPage, int] = {OverlayPage.ALERTS: 1}

    def url(self, page: OverlayPage) -> str:
        """With the token."""
        return f"http://127.0.0.1:{self.port}/overlay/{self.token}/{page.value}"

    def connected(self) -> Mapping[OverlayPage, int]:
        """What the test says."""
        return self.open

    async def renew(self) -> None:
        """Another token, and no page open."""
        self.token = "an0ther" * 6
        self.open = {}
        self._bus.publish(AlertsChanged())

    async def move(self, port: int) -> None:
        """There, unless another program has it."""
        if port == 8_080:
            raise PortInUse(host="127.0.0.1", port=port)
        self.port = port
        self._bus.publish(AlertsChanged())


class StageLists:
    """The real choices, kept by nobody."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._settings = PageSettings(
            goal=Goal("A <b>second</b> microphone", Msat(500_000_000), content.NOW)
        )

    @property
    def settings(self) -> PageSettings:
        """What was chosen."""
        return self._settings

    @settings.setter
    def settings(self, chosen: PageSettings) -> None:
        self._settings = checked_pages(chosen)
        self._bus.publish(AlertsChanged())


class StageMedia:
    """Files by name."""

    def __init__(self) -> None:
        self._names = ["<b>bell</b>.mp3", "confetti.gif"]

    def names(self) -> tuple[str, ...]:
        """All."""
        return tuple(self._names)

    async def add(self, source: str) -> str:
        """Takes pictures only."""
        name = source.rpartition("/")[2]
        if not name.endswith(".png"):
            raise RequestError(f"{name} cannot be used")
        self._names.append(name)
        return name


class StageProbe:
    """Finds what the test says, once it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.checks: tuple[ProbeCheck, ...] = (
            ProbeCheck(ProbeStep.SERVER, passed=True, sentence="mika@tipdesk.example answers."),
            ProbeCheck(ProbeStep.INVOICE, passed=True, sentence="It gave an invoice of 1 sat."),
            ProbeCheck(
                ProbeStep.ROOM,
                passed=False,
                sentence="One tip of up to <b>0 sat</b> can come in now; larger ones fail.",
                next_step="Ask for an incoming channel, or spend from yours to make room.",
            ),
        )

    async def probe(self, address: str) -> tuple[ProbeCheck, ...]:
        """The same each time."""
        self.asked.append(address)
        await self.may_answer.wait()
        return self.checks


class StageTriggers:
    """Rules as they are kept, and what three tips set off."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.token = "0f" * 32
        self._rules: tuple[TriggerRule, ...] = (
            TriggerRule(
                name="<b>Lights</b>",
                does=Webhook("https://lights.example/tip?colour=<gold>"),
                min_amount=Msat(1_000_000),
                since=Instant(0),
                is_on=True,
            ),
            TriggerRule(
                name="Applause",
                does=Command(("/usr/bin/aplay", "clap & cheer.wav")),
                min_amount=Msat(0),
                since=Instant(0),
            ),
        )
        states = (
            ("<b>Lights</b>", JobState.WAITING, 3, "lights.example answered <h1>503</h1>."),
            ("<b>Lights</b>", JobState.DONE, 1, ""),
            ("Applause", JobState.FAILED, 1, "The command 'aplay' ended with 1."),
        )
        self._jobs = tuple(
            TriggerJob(
                rule=rule,
                payment_hash=PaymentHash(content.number(700 + n)),
                state=state,
                attempts=attempts,
                due_at=content.NOW.plus_ms(60_000),
                problem=problem,
            )
            for n, (rule, state, attempts, problem) in enumerate(states)
        )

    @property
    def rules(self) -> tuple[TriggerRule, ...]:
        """What was chosen."""
        return self._rules

    @rules.setter
    def rules(self, chosen: tuple[TriggerRule, ...]) -> None:
        self._rules = checked_rules(chosen)
        self._bus.publish(TriggersChanged())

    def jobs(self, limit: int = 50) -> tuple[TriggerJob, ...]:
        """The three."""
        return self._jobs[:limit]

    async def secret(self) -> str:
        """The token."""
        return self.token

    async def renew_secret(self) -> None:
        """Another."""
        self.token = "a7" * 32


class StageGoals:
    """Goals that are there when asked for."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self.relays_are_there = True
        now = content.NOW.unix_seconds
        self.all = [
            _goal(1, 500_000, "A <b>second</b> microphone", 312_500, closed_at=now + 9 * 86_400),
            _goal(2, 100_000, "Strings for the summer", 104_000),
            _goal(3, 50_000, "Train to Lisbon", 21_000, closed_at=now - 86_400, late=2_100),
        ]

    def goals(self, creator: XOnlyPubkey) -> tuple[GoalView, ...]:
        """Ours."""
        return tuple(view for view in self.all if view.goal.creator == creator)

    async def refresh(self, creator: XOnlyPubkey) -> None:
        """Nothing new."""

    async def publish(
        self,
        *,
        amount: Msat,
        description: str,
        closed_at: int | None = None,
        image: str = "",
        summary: str = "",
    ) -> ZapGoal:
        """Takes it, if there are relays."""
        if not self.relays_are_there:
            raise BackendError("no relay took it")
        sat = amount.value // 1_000
        self.all.insert(0, _goal(len(self.all) + 1, sat, description, 0, closed_at=closed_at))
        assert self.all[0].goal.id is not None
        self._bus.publish(GoalChanged(self.all[0].goal.id))
        return self.all[0].goal


def _goal(
    n: int, sat: int, text: str, got: int, *, closed_at: int | None = None, late: int = 0
) -> GoalView:
    now = content.NOW.unix_seconds
    goal = ZapGoal(
        creator=content.ME.pubkey,
        amount=Msat(sat * 1_000),
        relays=("wss://relay.example",),
        description=text,
        closed_at=closed_at,
        id=EventId(content.number(8_000 + n)),
        created_at=now - n * 86_400,
    )
    return GoalView(
        goal=goal,
        progress=GoalProgress(Msat(got * 1_000), got // 5_000, Msat(late * 1_000), got >= sat),
        is_closed=closed_at is not None and closed_at < now,
    )


class StageDesk:
    """See `Desk`."""

    def __init__(self, bus: Bus, clock: Clock, creator: TipSource) -> None:
        self.alerts = StageAlerts(bus, clock, creator)
        self.overlay = StageOverlay(bus)
        self.lists = StageLists(bus)
        self.triggers = StageTriggers(bus)
        self.probe = StageProbe()
        self.watch = AddressWatch(self.probe, lambda: "mika@tipdesk.example", bus, clock)
        self.media = StageMedia()


def landed(tip: IncomingTip) -> LandedTip:
    """A tip as the alerts take it."""
    return LandedTip(
        payment_hash=tip.payment_hash,
        amount=tip.amount,
        at=tip.at,
        name=tip.claimed_name if tip.sender is None else tip.sender.title,
        is_signed=tip.sender is not None,
        comment=tip.comment,
    )
