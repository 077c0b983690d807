"""What a party of a private send knows by what it was told; the table is not asked."""

import dns.name

from tests.practice.seeing import Line, Seen, holds
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.tips.leaks import Learns, Party

AMOUNT = Msat(1_234_567)
NOTE = "für den leisen Schluß ♪ 7c1f-sotto-voce"
HOST = "ana.example"
ADDRESS = f"bob@{HOST}"
RECORD = f"bob.user._bitcoin-payment.{HOST}."
NAME_SERVER = ("9.9.9.9", 53)
NODES = ("fan", "first", "between", "last", "creator")
PARTIES = {
    Party.RECEIVER: "creator",
    Party.FIRST: "first",
    Party.BETWEEN: "between",
    Party.LAST: "last",
}

NO, GUESS, ABOUT, YES = Learns.NO, Learns.GUESS, Learns.ABOUT, Learns.YES
Told = tuple[Learns, ...]


def judged(seen: Seen, name: str, ids: dict[str, NodeId]) -> Told:
    """What a node knows by what it was told."""
    told, fan, creator = seen.told, ids["fan"], ids["creator"]
    htlcs = seen.htlcs
    sender = YES if bytes(fan) in told else NO
    if any(one.came and one.peer == fan for one in htlcs):
        # That it comes from there is not said to be its beginning; after the payee comes nobody.
        sender = YES if name == "creator" else GUESS
    receiver = YES if bytes(creator) in told else NO
    if any(not one.came and one.peer == creator for one in htlcs):
        receiver = GUESS
    if name == "creator":
        receiver = YES
    amount = NO
    if any(AMOUNT <= one.amount <= AMOUNT + Msat(10_000) for one in htlcs):
        amount = ABOUT
    if AMOUNT in seen.totals:
        amount = YES
    return sender, receiver, amount, YES if holds(told, NOTE) else NO


def judged_server(requests: list[tuple[str, str]]) -> Told:
    """What a server knows by its requests; the fan's computer is 127.0.0.1."""
    text = "\n".join(said for _, said in requests)
    sender = GUESS if any(place == "127.0.0.1" for place, _ in requests) else NO
    amount = YES if f"amount={AMOUNT.value}" in text else NO
    told = text.encode()
    return sender, YES if "/bob" in text else NO, amount, YES if holds(told, NOTE) else NO


def judged_resolver(heard: list[tuple[str, bytes]]) -> Told:
    """What a name server knows by what it was asked."""
    told = b"".join(wire for _, wire in heard)
    sender = GUESS if any(place == "127.0.0.1" for place, _ in heard) else NO
    amount = YES if str(AMOUNT.value).encode() in told else NO
    whole = dns.name.from_text(RECORD).to_wire()
    assert whole is not None
    return sender, YES if whole in told else NO, amount, YES if holds(told, NOTE) else NO


def judged_line(lines: list[Line], ids: dict[str, NodeId]) -> Told:
    """What somebody knows who sees all bytes that leave the fan's computer, and where they go."""
    told = b"".join(bytes(line.bytes) for line in lines)
    receiver = NO
    in_dns = dns.name.from_text(HOST).to_wire()
    assert in_dns is not None
    if HOST.encode() in told or in_dns in told:
        receiver = GUESS
    if bytes(ids["creator"]) in told or b"/bob" in told:
        receiver = YES
    amount = YES if str(AMOUNT.value).encode() in told else NO
    return GUESS if told else NO, receiver, amount, YES if holds(told, NOTE) else NO
