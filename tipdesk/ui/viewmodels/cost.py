"""What a tip costs, in sentences: at the most, and beside a card."""

from collections.abc import Sequence
from dataclasses import replace

from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.tips.card import card_fee
from tipdesk.tips.fiat import Fiat, Rate
from tipdesk.tips.tip import is_high_fee
from tipdesk.ui import format as words

_NAMED = 2


def at_most(parts: Sequence[tuple[str, Msat]], limit: Msat) -> str:
    """``You pay at most 103 sat: 100 to Ana, up to 3 for the route.``"""
    whole = sum((amount for _, amount in parts), Msat(0))
    if not parts:
        return ""
    if len(parts) <= _NAMED:
        to = ", ".join(f"{words.exact_figure(amount)} to {name}" for name, amount in parts)
    else:
        to = f"{words.exact_figure(whole)} shared among {len(parts)}"
    way = "the route" if len(parts) == 1 else "the routes"
    most, up_to = words.exact_amount(whole + limit), words.exact_figure(limit)
    said = f"You pay at most {most}: {to}, up to {up_to} for {way}."
    if is_high_fee(limit, whole):
        said += f" That may be {100 * limit.value // whole.value} % on top."
    return said


def by_card(amount: Msat, limit: Msat, rate: Rate) -> str:
    """What a card would have taken of the amount, beside the most that the route may take."""
    worth, most = rate.to_fiat(amount), rate.to_fiat(limit)
    here = f"at most {_said(most)}" if most.minor else f"less than {_said(replace(most, minor=1))}"
    return f"A card would take {_said(card_fee(worth))} of {_said(worth)}; here it is {here}."


def rate_line(rate: Rate, now: Instant) -> str:
    """Whose rate, and how old: ``by kraken, 2 min ago``."""
    return f"by {words.line(rate.source)}, {words.ago(rate.at, now)}"


def price_line(rate: Rate) -> str:
    """The rate itself: ``1 BTC = 105,123.45 USD``."""
    return f"1 BTC = {words.exact_fiat(rate.currency, rate.price)}"


def direct_learns(*, by_server: bool) -> str:
    """Who learns what of a payment that is no zap."""
    if by_server:
        return (
            "Nothing is published. Their payment server sees your internet address, the amount "
            "and your words."
        )
    return "Nothing is published. The node itself reads your words; nodes between do not."


def _said(fiat: Fiat) -> str:
    return words.exact_fiat(fiat.currency, fiat.minor)
