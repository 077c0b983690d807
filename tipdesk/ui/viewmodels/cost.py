"""What a tip costs, in sentences: at the most, and beside a card."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tipdesk.base.clock import Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.tips.card import card_fee
from tipdesk.tips.fiat import Fiat, Rate
from tipdesk.tips.tip import is_high_fee
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.facade import AppFacade

_NAMED = 2


def in_all(
    app: AppFacade, parts: Sequence[tuple[str, Msat]], *, recipient: XOnlyPubkey | None = None
) -> str:
    """What names and amounts cost, and what a card would have taken while a fresh rate is known.

    ``You pay at most 103 sat: 100 to Ana, up to 3 for the route (likely 1). A card would take ...``
    What is likely is known of a `recipient` who was tipped before.
    """
    amount = sum((amount for _, amount in parts), Msat(0))
    limit = sum((app.tips.fee_limit(amount) for _, amount in parts), Msat(0))
    likely = None if recipient is None else app.tips.likely_fee(recipient, amount)
    rate = app.rates.current()
    other = app.wallet.summary().elsewhere
    if other is not None and not other.keeps_fee_limit:
        return unlimited(parts, other.name, likely=likely)
    card = "" if rate is None or not parts else by_card(amount, limit, rate)
    return " ".join(filter(None, (at_most(parts, limit, likely=likely), card)))


def unlimited(parts: Sequence[tuple[str, Msat]], wallet: str, *, likely: Msat | None = None) -> str:
    """``You pay 100 to Ana. Attic decides what the route may cost on top (likely 1).``"""
    if not parts:
        return ""
    to, named = _shares(parts, words.exact_amount), words.line(wallet)
    if likely is None:
        return t(
            "You pay {to}. {wallet} decides what the route may cost on top.", to=to, wallet=named
        )
    return t(
        "You pay {to}. {wallet} decides what the route may cost on top (likely {fee}).",
        to=to,
        wallet=named,
        fee=words.exact_amount(likely),
    )


def at_most(parts: Sequence[tuple[str, Msat]], limit: Msat, *, likely: Msat | None = None) -> str:
    """``You pay at most 103 sat: 100 to Ana, up to 3 for the route (likely 1).``"""
    whole = sum((amount for _, amount in parts), Msat(0))
    if not parts:
        return ""
    to = _shares(parts, words.exact_figure)
    way = t("the route") if len(parts) == 1 else t("the routes")
    if likely is not None:
        way = t("{way} (likely {fee})", way=way, fee=words.exact_figure(likely))
    most, up_to = words.exact_amount(whole + limit), words.exact_figure(limit)
    said = t(
        "You pay at most {most}: {to}, up to {up_to} for {way}.",
        most=most,
        to=to,
        up_to=up_to,
        way=way,
    )
    if not is_high_fee(limit, whole):
        return said
    share = 100 * limit.value // whole.value
    return f"{said} {t('That may be {n} % on top.', n=share)}"


def _shares(parts: Sequence[tuple[str, Msat]], said: Callable[[Msat], str]) -> str:
    """Who gets what: each by name, or how many share it."""
    if len(parts) <= _NAMED:
        return ", ".join(
            t("{amount} to {name}", amount=said(each), name=who) for who, each in parts
        )
    whole = sum((amount for _, amount in parts), Msat(0))
    return t("{amount} shared among {number}", amount=said(whole), number=len(parts))


def by_card(amount: Msat, limit: Msat, rate: Rate) -> str:
    """What a card would have taken of the amount, beside the most that the route may take."""
    worth, most = rate.to_fiat(amount), rate.to_fiat(limit)
    here = (
        t("at most {amount}", amount=_said(most))
        if most.minor
        else t("less than {amount}", amount=_said(replace(most, minor=1)))
    )
    return t(
        "A card would take {fee} of {amount}; here it is {here}.",
        fee=_said(card_fee(worth)),
        amount=_said(worth),
        here=here,
    )


def rate_line(rate: Rate, now: Instant) -> str:
    """Whose rate, and how old: ``by kraken, 2 min ago``."""
    return t("by {source}, {ago}", source=words.line(rate.source), ago=words.ago(rate.at, now))


def price_line(rate: Rate) -> str:
    """The rate itself: ``1 BTC = 105,123.45 USD``."""
    return t("1 BTC = {price}", price=words.exact_fiat(rate.currency, rate.price))


def direct_learns(*, by_server: bool) -> str:
    """Who learns what of a payment that is no zap."""
    if by_server:
        return t(
            "Nothing is published. Their payment server sees your internet address, the amount "
            "and your words."
        )
    return t("Nothing is published. The node itself reads your words; nodes between do not.")


def _said(fiat: Fiat) -> str:
    return words.exact_fiat(fiat.currency, fiat.minor)
