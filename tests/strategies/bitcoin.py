"""Transactions of any shape that the consensus format can carry."""

from hypothesis import strategies as st

from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import MAX_MONEY, OutPoint, Transaction, TxIn, TxOut

u32 = st.one_of(st.sampled_from([0, 1, 0xFFFFFFFE, 0xFFFFFFFF]), st.integers(0, 0xFFFFFFFF))
outpoints = st.builds(OutPoint, st.binary(min_size=32, max_size=32).map(Txid), u32)
witnesses = st.lists(st.binary(max_size=80), max_size=4).map(tuple)
inputs = st.builds(TxIn, outpoints, u32, st.binary(max_size=30), witnesses)
outputs = st.builds(TxOut, st.integers(0, MAX_MONEY.value).map(Sat), st.binary(max_size=300))
transactions = st.builds(
    Transaction,
    version=st.integers(-(1 << 31), (1 << 31) - 1),
    inputs=st.lists(inputs, min_size=1, max_size=4).map(tuple),
    outputs=st.lists(outputs, min_size=1, max_size=4).map(tuple),
    locktime=u32,
)
"""At least one input: without any, the format cannot tell a transaction from a witness marker."""
