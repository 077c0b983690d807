"""BOLT 3, "Legacy Closing Transaction": the mutual close that `closing_signed` negotiates."""

from typing import Final

from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.script import witness_program
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut

P2WPKH_CLOSING_WEIGHT: Final = 672
"""Two P2WPKH outputs and a two-of-two witness; each longer script adds four units a byte."""


def closing_weight(local_script: bytes, remote_script: bytes) -> int:
    """The expected weight of a closing transaction with both outputs."""
    longer = len(local_script) + len(remote_script) - 2 * 22
    return P2WPKH_CLOSING_WEIGHT + 4 * max(0, longer)


def build_closing(
    *,
    funding_outpoint: OutPoint,
    to_local: Msat,
    to_remote: Msat,
    local_script: bytes,
    remote_script: bytes,
    dust_limit: Sat,
    fee: Sat,
    local_is_funder: bool,
) -> Transaction:
    """The closing transaction at `fee`, which the funder pays; outputs below dust are left out.

    `dust_limit` is the side's own, as BOLT 2 lets it drop what it would not relay.
    """
    local, remote = to_local.to_sat_floor(), to_remote.to_sat_floor()
    if local_is_funder:
        local = max(Sat(0), local - fee)
    else:
        remote = max(Sat(0), remote - fee)
    outputs = [
        TxOut(amount, script)
        for amount, script in ((local, local_script), (remote, remote_script))
        if amount >= dust_limit
    ]
    outputs.sort(key=lambda output: (output.amount, output.script_pubkey))
    return Transaction(
        version=2, inputs=(TxIn(funding_outpoint, sequence=0xFFFFFFFF),), outputs=tuple(outputs)
    )


def is_acceptable_shutdown_script(script: bytes, *, any_segwit: bool) -> bool:
    """BOLT 2, "Closing Initiation": the forms that a `scriptpubkey` may have."""
    program = witness_program(script)
    if program is None:
        return False
    version, data = program
    if version == 0:
        return len(data) in (20, 32)
    return any_segwit and 2 <= len(data) <= 40
