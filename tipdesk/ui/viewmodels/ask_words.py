"""Money that a message asks for or promises, in words: who wants what, and how that stands."""

from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.nostr.payment_ask import AskKind
from tipdesk.services.views import AskState, AskView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t

_TONES: Final = {
    AskState.OPEN: "accent",
    AskState.ANSWERED: "accent",
    AskState.PAYING: "busy",
    AskState.PAID: "good",
    AskState.REFUSED: "calm",
    AskState.EXPIRED: "calm",
    AskState.UNUSABLE: "bad",
}


def ask_title(ask: AskView, name: str) -> str:
    """``Ana asks you for 2,100 sat``; `name` is what the other one is called, safe to show."""
    amount = t("some money") if ask.amount is None else words.amount(ask.amount)
    match ask.kind, ask.is_ours:
        case AskKind.PROMISE, True:
            return t("You want to send {amount}", amount=amount)
        case AskKind.PROMISE, False:
            return t("{name} wants to send you {amount}", name=name, amount=amount)
        case _, True:
            return t("You asked for {amount}", amount=amount)
        case _:
            return t("{name} asks you for {amount}", name=name, amount=amount)


def ask_said(ask: AskView, now: Instant) -> str:
    """What to know of it: how it stands, and until when."""
    said = say(ask.sentence)
    if ask.state is not AskState.OPEN or ask.expires_at is None:
        return said
    is_today = words.start_of_day(ask.expires_at) == words.start_of_day(now)
    day = t("today") if is_today else words.short_day(ask.expires_at)
    until = t("Until {day}, {time}.", day=day, time=words.clock_time(ask.expires_at))
    return " ".join(part for part in (said, until) if part)


def ask_tone(state: AskState) -> str:
    """The colour of its pill."""
    return _TONES[state]


def ask_words(ask: AskView) -> str:
    """What it is for, in its writer's words."""
    return words.many(ask.words, len(ask.words) + 1)
