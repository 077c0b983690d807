"""What a creator's viewers see of tips, as a machine: `step(state, event, context)`.

    landed -> (held, until the creator has read it) -> queued -> shown -> over
       \\-> not fired: too small, quiet hours, TipDesk was closed, too many waited

A tip is fired once for ever: `Keep` stands before `Show`, and is durable before it is done. The
queue goes on by the clock alone, whoever watches. Money is what the caller vouches for: it lands
nothing that our own wallet has not settled. A name or a comment is a stranger's text.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat
from tipdesk.tips.alert import (
    MAX_COMMENT_CHARS,
    MAX_NAME_CHARS,
    Alert,
    AlertAction,
    AlertEvent,
    AlertRule,
    AlertSettings,
    ClockStruck,
    Fate,
    Hide,
    HideAsked,
    Keep,
    Landed,
    LandedTip,
    Part,
    PartKind,
    Passed,
    ReplayAsked,
    Show,
    Showing,
    SkipAsked,
    Speak,
    TrialAsked,
    Wake,
)
from tipdesk.tips.sentence import sats

MAX_WAITING: Final = 100
"""Alerts in the queue, and as many held."""
FRESH_MS: Final = 60_000
"""A tip that settled longer ago is told to nobody's viewers any more."""
_LONG_AGO: Final = Instant(0)
NOBODY: Final = Phrase("Somebody")
_PLACE = re.compile(r"\{(name|amount)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What waits and what is shown."""

    showing: Showing | None = None
    queue: tuple[Alert, ...] = ()
    held: tuple[Alert, ...] = ()
    free_at: Instant = _LONG_AGO
    """Nothing is shown before."""
    next_number: int = 1


@dataclass(frozen=True, slots=True)
class AlertContext:
    """What a step needs to know of the world."""

    now: Instant
    settings: AlertSettings
    minute_of_day: int
    """Local time, for quiet hours."""
    opened_at: Instant
    """When this run began: what settled before is not fired by itself."""
    known: Container[PaymentHash] = field(default=frozenset())
    """Tips that have a fate."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The state after a step, and what is to be done, in this order."""

    state: AlertState
    actions: tuple[AlertAction, ...] = ()


def step(state: AlertState, event: AlertEvent, context: AlertContext) -> Transition:
    """What an event makes of the alerts."""
    match event:
        case Landed(tip):
            taken = _land(state, tip, context)
        case ReplayAsked(tip):
            taken = _replay(state, tip, context)
        case TrialAsked(amount):
            taken = _test(state, amount, context)
        case Passed(number):
            taken = _pass(state, number)
        case SkipAsked(number):
            taken = _skip(state, number, context)
        case HideAsked():
            taken = _hide(state, context)
        case ClockStruck():
            taken = Transition(state)
        case _:
            assert_never(event)
    moved = _advance(taken.state, context)
    return Transition(moved.state, (*taken.actions, *moved.actions))


def _land(state: AlertState, tip: LandedTip, context: AlertContext) -> Transition:
    if tip.payment_hash in context.known:
        return Transition(state)
    rule = context.settings.rule_for(tip.amount)
    fate = _fate(state, tip, rule, context)
    keep = Keep(tip.payment_hash, fate)
    if rule is None or fate not in (Fate.HELD, Fate.QUEUED):
        return Transition(state, (keep,))
    return Transition(_placed(state, _alert(state, tip, rule, context), fate), (keep,))


def _fate(state: AlertState, tip: LandedTip, rule: AlertRule | None, context: AlertContext) -> Fate:
    settings = context.settings
    if tip.at < context.opened_at or context.now.since(tip.at) > FRESH_MS:
        return Fate.AWAY
    if rule is None:
        return Fate.TOO_SMALL
    if not settings.is_on or (settings.quiet and settings.quiet.holds(context.minute_of_day)):
        return Fate.QUIET
    if len(state.held if settings.holds else state.queue) >= MAX_WAITING:
        return Fate.CROWDED
    return Fate.HELD if settings.holds else Fate.QUEUED


def _replay(state: AlertState, tip: LandedTip, context: AlertContext) -> Transition:
    """The creator's own word: no rule of time or size stands against it, but the queue's bound."""
    rules = context.settings.rules
    rule = context.settings.rule_for(tip.amount) or min(
        rules, key=lambda one: one.min_amount, default=AlertRule(min_amount=Msat(0))
    )
    waiting = (*state.queue, *state.held)
    if len(state.queue) >= MAX_WAITING or any(
        alert.payment_hash == tip.payment_hash for alert in waiting
    ):
        return Transition(state)
    alert = _alert(state, tip, rule, context)
    return Transition(_placed(state, alert, Fate.QUEUED), (Keep(tip.payment_hash, Fate.QUEUED),))


def _test(state: AlertState, amount: Msat, context: AlertContext) -> Transition:
    rule = context.settings.rule_for(amount)
    if rule is None or len(state.queue) >= MAX_WAITING:
        return Transition(state)
    tip = LandedTip(
        payment_hash=PaymentHash(bytes(PaymentHash.LENGTH)),
        amount=amount,
        at=context.now,
        name="TipDesk",
        is_signed=True,
        comment=Phrase("A test. No money moved."),
    )
    alert = replace(_alert(state, tip, rule, context), payment_hash=None)
    return Transition(_placed(state, alert, Fate.QUEUED))


def _pass(state: AlertState, number: int) -> Transition:
    found = next((alert for alert in state.held if alert.number == number), None)
    if found is None or len(state.queue) >= MAX_WAITING:
        return Transition(state)
    after = replace(state, held=_without(state.held, number), queue=(*state.queue, found))
    return Transition(after, _kept(found, Fate.QUEUED))


def _skip(state: AlertState, number: int, context: AlertContext) -> Transition:
    if state.showing is not None and state.showing.alert.number == number:
        return _hide(state, context)
    found = next((one for one in (*state.held, *state.queue) if one.number == number), None)
    if found is None:
        return Transition(state)
    after = replace(state, held=_without(state.held, number), queue=_without(state.queue, number))
    return Transition(after, _kept(found, Fate.SKIPPED))


def _hide(state: AlertState, context: AlertContext) -> Transition:
    if state.showing is None:
        return Transition(state)
    free_at = context.now.plus_ms(context.settings.spacing_ms)
    after = replace(state, showing=None, free_at=free_at)
    return Transition(after, (Hide(state.showing.alert, is_asked=True),))


def _advance(state: AlertState, context: AlertContext) -> Transition:
    """Ends what is over, begins what may begin, and says when to look again."""
    now, spacing = context.now, context.settings.spacing_ms
    actions: list[AlertAction] = []
    showing = state.showing
    # A clock that was set back must not leave an alert on the page for hours.
    if showing is not None and not showing.since <= now < showing.until:
        actions.append(Hide(showing.alert))
        free_at = min(showing.until, now).plus_ms(spacing)
        state = replace(state, showing=None, free_at=free_at)
    if state.free_at.since(now) > spacing:
        state = replace(state, free_at=now)
    if state.showing is None and state.queue and state.free_at <= now:
        alert, *rest = state.queue
        showing = Showing(alert, now)
        state = replace(state, showing=showing, queue=tuple(rest))
        actions += [*_kept(alert, Fate.SHOWN), Show(showing)]
        if alert.rule.speaks:
            actions.append(Speak(alert.spoken))
    if state.showing is not None:
        actions.append(Wake(state.showing.until))
    elif state.queue:
        actions.append(Wake(state.free_at))
    return Transition(state, tuple(actions))


def _placed(state: AlertState, alert: Alert, fate: Fate) -> AlertState:
    state = replace(state, next_number=state.next_number + 1)
    if fate is Fate.HELD:
        return replace(state, held=(*state.held, alert))
    return replace(state, queue=(*state.queue, alert))


def _alert(state: AlertState, tip: LandedTip, rule: AlertRule, context: AlertContext) -> Alert:
    clean = context.settings.words.cleaned
    name = clean(one_line(tip.name, maximum=MAX_NAME_CHARS))
    kind = PartKind.NAME if tip.is_signed else PartKind.CLAIMED_NAME
    filled = {
        "name": Part(kind, name) if name else Part(PartKind.TEXT, NOBODY),
        "amount": Part(PartKind.AMOUNT, sats(tip.amount)),
    }
    return Alert(
        number=state.next_number,
        payment_hash=tip.payment_hash,
        amount=tip.amount,
        headline=tuple(
            filled[piece] if number % 2 else Part(PartKind.TEXT, piece)
            for number, piece in enumerate(_PLACE.split(rule.template))
            if piece
        ),
        comment=clean(many_lines(tip.comment, maximum=MAX_COMMENT_CHARS)),
        rule=rule,
    )


def _without(alerts: tuple[Alert, ...], number: int) -> tuple[Alert, ...]:
    return tuple(alert for alert in alerts if alert.number != number)


def _kept(alert: Alert, fate: Fate) -> tuple[Keep, ...]:
    return () if alert.payment_hash is None else (Keep(alert.payment_hash, fate),)
