"""BOLT 3's scripts, each spent in every way it allows and in none that it does not."""

from dataclasses import dataclass

import pytest

from tests.judged import judge
from tipdesk.base.ids import PaymentHash, Txid
from tipdesk.base.units import BlockHeight, CltvDelta, Sat
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, signature_to_der
from tipdesk.lightning.commitment import scripts
from tipdesk.practice.judge import ScriptRefused

LOCAL, REMOTE, REVOCATION, DELAYED, THIRD = (
    PrivateKey(sha256(name)) for name in (b"local", b"remote", b"revocation", b"delayed", b"x")
)
PREIMAGE = b"\x05" * 32
HASH = PaymentHash(sha256(PREIMAGE))
AMOUNT = Sat(100_000)
EXPIRY = 500
DISABLED, FINAL = 0xFFFFFFFE, 0xFFFFFFFF


@dataclass
class Spend:
    """A transaction that spends an output of `script`."""

    script: bytes
    sequence: int = DISABLED
    locktime: int = 0

    def _transaction(self) -> Transaction:
        txin = TxIn(OutPoint(Txid(b"\x01" * 32), 0), sequence=self.sequence)
        return Transaction(2, (txin,), (TxOut(Sat(90_000), bytes(22)),), self.locktime)

    def by(self, key: PrivateKey) -> bytes:
        """A signature of the key, with its flag."""
        digest = sighash.segwit_v0(self._transaction(), 0, self.script, AMOUNT)
        return signature_to_der(key.sign_ecdsa(digest)) + b"\x01"

    def works(self, *items: bytes) -> None:
        signed = self._transaction().with_witness(0, (*items, self.script))
        judge(signed, TxOut(AMOUNT, p2wsh(self.script)))

    def fails(self, *items: bytes) -> None:
        with pytest.raises(ScriptRefused):
            self.works(*items)


def to_local(sequence: int) -> Spend:
    return Spend(scripts.to_local(REVOCATION.point, DELAYED.point, CltvDelta(144)), sequence)


def offered(*, anchors: bool, sequence: int) -> Spend:
    script = scripts.offered_htlc(
        revocation=REVOCATION.point,
        local_htlc=LOCAL.point,
        remote_htlc=REMOTE.point,
        payment_hash=HASH,
        anchors=anchors,
    )
    return Spend(script, sequence)


def received(*, anchors: bool, sequence: int, locktime: int = 0) -> Spend:
    script = scripts.received_htlc(
        revocation=REVOCATION.point,
        local_htlc=LOCAL.point,
        remote_htlc=REMOTE.point,
        payment_hash=HASH,
        cltv_expiry=BlockHeight(EXPIRY),
        anchors=anchors,
    )
    return Spend(script, sequence, locktime)


def test_the_funding_output_needs_both_keys_in_their_order() -> None:
    script = scripts.funding(LOCAL.point, REMOTE.point)
    assert script == scripts.funding(REMOTE.point, LOCAL.point)
    spend = Spend(script)
    first, second = sorted((LOCAL, REMOTE), key=lambda key: key.point)
    spend.works(b"", spend.by(first), spend.by(second))
    spend.fails(b"", spend.by(second), spend.by(first))
    spend.fails(b"", spend.by(first), spend.by(first))
    spend.fails(b"", spend.by(first), spend.by(THIRD))
    spend.fails(b"", spend.by(first))


def test_to_local_is_ours_after_the_delay_and_theirs_at_once_if_revoked() -> None:
    late, early = to_local(144), to_local(143)
    late.works(late.by(DELAYED), b"")
    early.fails(early.by(DELAYED), b"")
    early.works(early.by(REVOCATION), b"\x01")
    late.fails(late.by(REVOCATION), b"")
    late.fails(late.by(REMOTE), b"\x01")


def test_to_remote_waits_for_one_confirmation() -> None:
    script = scripts.to_remote_anchors(REMOTE.point)
    confirmed, at_once = Spend(script, 1), Spend(script, 0)
    confirmed.works(confirmed.by(REMOTE))
    at_once.fails(at_once.by(REMOTE))
    confirmed.fails(confirmed.by(LOCAL))


def test_an_anchor_is_its_owners_at_once_and_anybodys_after_16_blocks() -> None:
    script = scripts.anchor(LOCAL.point)
    at_once, late, early = Spend(script), Spend(script, 16), Spend(script, 15)
    at_once.works(at_once.by(LOCAL))
    at_once.fails(at_once.by(REMOTE))
    at_once.fails(b"")
    early.fails(b"")
    # Nobody signs: the amount is not covered, so there is no control by a wrong one.
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        late.works(b"")


@pytest.mark.parametrize("anchors", [False, True])
def test_an_offered_htlc_goes_to_the_preimage_the_timeout_or_the_penalty(anchors: bool) -> None:
    spend = offered(anchors=anchors, sequence=1 if anchors else 0)
    spend.works(spend.by(REMOTE), PREIMAGE)
    spend.fails(spend.by(REMOTE), b"\x06" * 32)
    spend.fails(spend.by(LOCAL), PREIMAGE)
    spend.works(b"", spend.by(REMOTE), spend.by(LOCAL), b"")
    spend.fails(b"", spend.by(LOCAL), spend.by(REMOTE), b"")
    spend.works(spend.by(REVOCATION), REVOCATION.point)
    spend.fails(spend.by(THIRD), THIRD.point)


@pytest.mark.parametrize("anchors", [False, True])
def test_a_received_htlc_goes_to_the_preimage_the_expiry_or_the_penalty(anchors: bool) -> None:
    sequence = 1 if anchors else 0
    spend = received(anchors=anchors, sequence=sequence)
    spend.works(b"", spend.by(REMOTE), spend.by(LOCAL), PREIMAGE)
    spend.fails(b"", spend.by(REMOTE), spend.by(LOCAL), b"\x06" * 32)
    spend.fails(spend.by(REMOTE), b"")
    expired = received(anchors=anchors, sequence=sequence, locktime=EXPIRY)
    expired.works(expired.by(REMOTE), b"")
    expired.fails(expired.by(LOCAL), b"")
    early = received(anchors=anchors, sequence=sequence, locktime=EXPIRY - 1)
    early.fails(early.by(REMOTE), b"")
    spend.works(spend.by(REVOCATION), REVOCATION.point)
    spend.fails(spend.by(THIRD), THIRD.point)


def test_with_anchors_only_a_penalty_may_spend_an_htlc_unconfirmed() -> None:
    for spend in (
        offered(anchors=True, sequence=0),
        received(anchors=True, sequence=0, locktime=EXPIRY),
    ):
        spend.fails(spend.by(REMOTE), PREIMAGE)
        spend.fails(spend.by(REMOTE), b"")
        spend.fails(b"", spend.by(REMOTE), spend.by(LOCAL), PREIMAGE)
        spend.fails(b"", spend.by(REMOTE), spend.by(LOCAL), b"")
        spend.works(spend.by(REVOCATION), REVOCATION.point)
