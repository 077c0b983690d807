"""A tip at every stage of its life."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes import ADDRESS, CREATOR, FAN, PROVIDER, START, make_invoice
from tipdesk.base.ids import EventId, TipId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.pay import PayResponse
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.tips import event as on
from tipdesk.tips import machine
from tipdesk.tips.event import TipEvent
from tipdesk.tips.machine import TipContext, Transition
from tipdesk.tips.payment import Quote
from tipdesk.tips.rail import ZapRail
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Tip

Stage = Callable[..., Tip]
CONTEXT = TipContext(now=START, network=Network.REGTEST, own_node_id=None)
POST = EventId(b"\x11" * 32)
TARGET = Target(ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=1), ADDRESS)
QUOTE = Quote(Msat(1_000), 3)
INVOICE = on.InvoiceFetched(
    response=PayResponse(make_invoice()),
    rail=ZapRail(PROVIDER.x_only),
    committed="{}",
    sender=FAN.x_only,
    used_before=False,
)


def new_tip(*, undo_ms: int = 5_000, number: int = 1) -> Tip:
    return machine.draft(
        TipId(bytes([number]) * 16), TARGET, Msat(21_000), "hi", now=START, undo_ms=undo_ms
    )


def step(tip: Tip, event: TipEvent, *, after_ms: int = 0) -> Transition:
    return machine.step(tip, event, replace(CONTEXT, now=START.plus_ms(after_ms)))


def after(*events: TipEvent, undo_ms: int = 5_000) -> Tip:
    tip = new_tip(undo_ms=undo_ms)
    for event in events:
        tip = step(tip, event).tip
    return tip


@pytest.fixture
def undo() -> Tip:
    return after(on.Begin())


@pytest.fixture
def ready() -> Tip:
    """Inside the window, invoice and quote in hand."""
    return after(on.Begin(), INVOICE, on.Quoted(QUOTE))


@pytest.fixture
def paying() -> Tip:
    return after(on.Begin(), INVOICE, on.Quoted(QUOTE), on.WindowOver())
