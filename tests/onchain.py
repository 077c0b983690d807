"""Closed channels, and a coin that every judge accepts: `OP_TRUE` behind a hash."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tests.channels import Pair, Side, hash_of, preimage_of
from tests.judged import terms_of
from tipdesk.base.ids import PaymentHash, Preimage, Txid
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.onchain.claims import (
    build_claim,
    needs_fee_input,
    sign_second_stage,
)
from tipdesk.lightning.onchain.classify import publication_of
from tipdesk.lightning.onchain.outputs import OnchainOutput, outputs_of
from tipdesk.lightning.onchain.resolution import (
    Claim,
    Resolution,
    Spend,
    begin,
    claims,
    confirmed,
)
from tipdesk.practice.judge import verify_transaction

COIN = TxOut(Sat(50_000), p2wsh(b"\x51"))
SWEPT_TO = b"\x00\x14" + b"\xcc" * 20
RATE = FeeratePerKw(500)


def busy_pair(*, push: Msat = Msat(400_000_000)) -> Pair:
    """Two HTLCs each way above the dust limit, one each way below it."""
    pair = Pair(push=push)
    pair.open()
    for number, amount in ((1, 50_000_000), (2, 60_000_000), (3, 21_000)):
        pair.alice.add(number, Msat(amount), expiry=500 + number)
    for number, amount in ((11, 70_000_000), (12, 80_000_000), (13, 22_000)):
        pair.bob.add(number, Msat(amount), expiry=500 + number)
    pair.deliver()
    return pair


def preimages(*numbers: int) -> dict[PaymentHash, Preimage]:
    return {hash_of(number): preimage_of(number) for number in numbers}


def resolve(
    side: Side, transaction: Transaction, *, height: int = 200, finished: Iterable[Htlc] = ()
) -> Resolution:
    """What the side makes of a transaction that spent its channel, once it is mined."""
    terms, c = terms_of(side), side.commitments
    publication = publication_of(terms, c, side.signer, transaction)
    outputs = outputs_of(terms, c, side.signer, publication, transaction, finished)
    return confirmed(begin(terms, transaction, outputs), BlockHeight(height))


def due(
    resolution: Resolution, tip: int, known: Mapping[PaymentHash, Preimage] | None = None
) -> tuple[Claim, ...]:
    return claims(resolution, BlockHeight(tip), known or {}, {})


def take(side: Side, claim: Claim) -> Transaction:
    """The claim as it would be published; the judge has accepted it over what it spends."""
    output = claim.output
    spent = [TxOut(output.amount, output.script_pubkey)]
    if needs_fee_input(claim):
        base = output.way.transaction  # type: ignore[union-attr]  # needs_fee_input says so
        coin = TxIn(OutPoint(Txid(b"\x09" * 32), 0), witness=(b"\x51",))
        whole = replace(
            base,
            inputs=(*base.inputs, coin),
            outputs=(*base.outputs, TxOut(Sat(40_000), SWEPT_TO)),
        )
        signed = sign_second_stage(whole, claim, side.signer)
        spent.append(COIN)
    else:
        built = build_claim(claim, terms_of(side), side.signer, SWEPT_TO, RATE)
        assert built is not None
        signed = built.transaction
    verify_transaction(signed, spent)
    return signed


def mined(transaction: Transaction, height: int) -> Spend:
    return Spend(transaction, BlockHeight(height))


def values(outputs: Iterable[OnchainOutput]) -> list[int]:
    return sorted(output.amount.value for output in outputs)
