"""BOLT 7, "Recommendations for Routing": what is added to the time that a payee asks for."""

from tests.offers import INVOICE_TERMS
from tipdesk.base.ids import NodeId, PaymentSecret
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.payment.destination import Destination, of_paths
from tipdesk.lightning.payment.payloads import PayeeTerms

AMOUNT = Msat(1_000)
BLOCKS = CltvDelta(80)


def asking(blocks: int) -> Destination:
    return Destination(
        node_id=NodeId(PrivateKey(b"\x01" * 32).point),
        terms=PayeeTerms(payment_secret=PaymentSecret(bytes(32)), total_msat=AMOUNT),
        final_cltv_delta=CltvDelta(blocks),
    )


def test_the_payee_gets_blocks_on_top() -> None:
    assert asking(18).shadowed(BLOCKS).final_cltv_delta == CltvDelta(98)


def test_who_asks_for_more_than_a_week_gets_none_as_the_way_needs_blocks_too() -> None:
    assert asking(1008).shadowed(BLOCKS).final_cltv_delta == CltvDelta(1088)
    assert asking(1009).shadowed(BLOCKS).final_cltv_delta == CltvDelta(1009)


def test_a_path_that_hides_its_end_gets_none_as_only_its_nodes_know_its_last_height() -> None:
    hidden = of_paths(INVOICE_TERMS.paths, AMOUNT, max_parts=1)
    assert hidden.shadowed(BLOCKS) == hidden
