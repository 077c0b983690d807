"""The opening of a channel, stopped at every message: what is returned is still on the wire."""

from tests.channels import FUNDING, Pair
from tests.forging import receive, sent
from tipdesk.base.ids import Txid
from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.lightning.channel import action, command, limits
from tipdesk.lightning.channel.state import OpenParameters
from tipdesk.lightning.wire.opening import (
    AcceptChannel,
    FundingCreated,
    FundingSigned,
    OpenChannel,
)

COIN = TxIn(OutPoint(Txid(b"\x07" * 32), 0))


def proposed(push: Msat = Msat(0)) -> tuple[Pair, OpenChannel]:
    """Alice's `open_channel`, still on the wire."""
    pair = Pair(push)
    parameters = OpenParameters(
        channel_key_id=b"channel",
        temporary_channel_id=bytes(32),
        funding=FUNDING,
        push=push,
        feerate=FeeratePerKw(1000),
        announce=True,
        local=limits.local_side(pair.alice.context, FUNDING),
    )
    pair.alice.do(command.Open(parameters))
    return pair, sent(pair.alice, OpenChannel)


def accepted() -> tuple[Pair, AcceptChannel]:
    """Bob's `accept_channel`, still on the wire."""
    pair, message = proposed()
    receive(pair.bob, message)
    return pair, sent(pair.bob, AcceptChannel)


def funded() -> tuple[Pair, FundingCreated]:
    """Alice's `funding_created`, still on the wire."""
    pair, message = accepted()
    receive(pair.alice, message)
    request = pair.alice.events.pop()
    assert isinstance(request, action.RequestFunding)
    assert request.amount == FUNDING
    pair.funding = Transaction(
        2,
        (COIN,),
        (TxOut(Sat(5_000), b"\x00\x14" + bytes(20)), TxOut(FUNDING, request.script_pubkey)),
    )
    pair.alice.do(command.FundingReady(pair.funding))
    return pair, sent(pair.alice, FundingCreated)


def signed() -> tuple[Pair, FundingSigned]:
    """Bob's `funding_signed`, still on the wire."""
    pair, message = funded()
    receive(pair.bob, message)
    return pair, sent(pair.bob, FundingSigned)


def waiting() -> Pair:
    """Both sides wait for the funding to confirm."""
    pair, message = signed()
    receive(pair.alice, message)
    return pair
