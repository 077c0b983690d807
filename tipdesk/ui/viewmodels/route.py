"""The way of a payment as words: what stands at each node of its picture, and what is read out."""

from dataclasses import dataclass
from typing import Final

from tipdesk.services.routes import HopTaken, PartTaken, RouteTaken
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn

SHOWN_PARTS: Final = 8
"""More of them are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDrawn:
    """A dot: its name below it, its fee above, its time under the name."""

    name: str
    fee: str
    time: str
    details: str
    """For a tool tip: who it is, and over which channel the payment came to it."""
    is_end: bool
    """Us, or the payee."""


@dataclass(frozen=True, slots=True)
class PartDrawn:
    """One line of dots, with words above it where there are several."""

    title: str
    nodes: tuple[NodeDrawn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDrawn:
    """All of a picture."""

    parts: tuple[PartDrawn, ...]
    sums: str
    remarks: tuple[str, ...]
    spoken: str


def draw(route: RouteTaken) -> RouteDrawn:
    """A way as words. Names are strangers' and safe on one line."""
    shown = route.parts[:SHOWN_PARTS]
    several = len(route.parts) + route.unknown_parts > 1
    parts = tuple(_part(part, number if several else 0) for number, part in enumerate(shown, 1))
    sums = _sums(route)
    remarks = _remarks(route)
    told = [_spoken(part) for part in shown]
    return RouteDrawn(
        parts=parts, sums=sums, remarks=remarks, spoken=" ".join((*told, sums, *remarks))
    )


def not_known() -> str:
    """What stands in the place of a picture."""
    return t(
        "The route is not known: another wallet paid this, or TipDesk did before it kept routes. "
        "Nothing is wrong with the payment."
    )


def _part(part: PartTaken, number: int) -> PartDrawn:
    title = t("Part {n}: {amount}", n=number, amount=part.arrived) if number else ""
    us = NodeDrawn(
        name=t("You"),
        fee="",
        time="" if part.took_ms is None else words.took(part.took_ms),
        details=t("You sent {amount}.", amount=part.sent),
        is_end=True,
    )
    last = len(part.hops) - 1
    nodes = (_node(hop, is_payee=place == last) for place, hop in enumerate(part.hops))
    return PartDrawn(title, (us, *nodes))


def _node(hop: HopTaken, *, is_payee: bool) -> NodeDrawn:
    if hop.is_hidden:
        said = t("The receiver hid the end of the way: who they are, and how many nodes there are.")
        return NodeDrawn(name=_name(hop), fee="", time="", details=said, is_end=True)
    amount = words.amount(hop.fee) if hop.fee else t("no fee")
    return NodeDrawn(
        name=_name(hop),
        fee="" if is_payee else amount,
        time=_held(hop.held_ms),
        details="\n".join(
            (
                _name(hop),
                str(hop.node_id),
                t("Channel {channel}", channel=str(hop.short_channel_id)),
                t("{amount} came to it.", amount=hop.amount),
                tn(
                    hop.cltv_delta.value,
                    "{count} block to claim it in.",
                    "{count} blocks to claim it in.",
                ),
            )
        ),
        is_end=is_payee,
    )


def _name(hop: HopTaken) -> str:
    if hop.is_hidden:
        return t("The receiver, hidden")
    return words.name(hop.alias) or words.short_key(hop.node_id)


def _held(held_ms: int | None) -> str:
    """In the steps that nodes tell it in: nothing is made up below them."""
    if held_ms is None:
        return ""
    return words.took(held_ms) if held_ms >= 1_000 else _tenths(held_ms // 100)


def _tenths(tenths: int) -> str:
    return t("{n} s", n=words.decimal(tenths, 1)) if tenths else t("< 0.1 s")


def _sums(route: RouteTaken) -> str:
    said = t(
        "{sent} left, {amount} arrived, {fee} for the route",
        sent=route.amount + route.fee,
        amount=route.amount,
        fee=route.fee,
    )
    return said if route.took_ms is None else f"{said}, {words.took(route.took_ms)}"


def _remarks(route: RouteTaken) -> tuple[str, ...]:
    """What a look at the picture might take for more than it is."""
    found = []
    hidden = max(0, len(route.parts) - SHOWN_PARTS)
    if hidden:
        found.append(
            tn(hidden, "{count} more part is not shown.", "{count} more parts are not shown.")
        )
    if route.unknown_parts:
        found.append(
            tn(
                route.unknown_parts,
                "The way of {count} more part is not known.",
                "The way of {count} more parts is not known.",
            )
        )
    hops = [hop for part in route.parts for hop in part.hops]
    told = [hop.held_ms is not None for hop in hops]
    if any(told):
        found.append(
            t(
                "The time under a node is how long it held the payment, by its own word, with the "
                "nodes behind it."
            )
        )
        if not all(told):
            found.append(t("A node without a time did not tell it."))
    else:
        found.append(t("No node on the way told how long it held the payment."))
    if any(part.took_ms is not None for part in route.parts):
        found.append(t("The time under You is measured here."))
    return tuple(found)


def _spoken(part: PartTaken) -> str:
    said = [t("You sent {amount}.", amount=part.sent)]
    for hop in part.hops[:-1]:
        kept = t("{name} kept {fee}", name=_name(hop), fee=hop.fee)
        held = _held(hop.held_ms)
        said.append(
            t("{kept} and held it for {time}.", kept=kept, time=held) if held else f"{kept}."
        )
    payee = part.hops[-1]
    said.append(t("{name} received {amount}.", name=_name(payee), amount=payee.amount))
    return " ".join(said)
