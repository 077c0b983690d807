"""NIP-47: what methods take and give, as client and service share it."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base import strict_json
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47 import request_text
from tipdesk.nostr.nip47_asking import (
    BalanceResult,
    InfoResult,
    ListTransactions,
    LookupInvoice,
    MakeInvoice,
    Transactions,
)
from tipdesk.nostr.nip47_fields import MAX_MSAT, MalformedField
from tipdesk.nostr.nip47_paying import Paid, Pay, PayInvoice, PayKeysend, PayResult
from tipdesk.nostr.nip47_transaction import (
    Transaction,
    TransactionState,
    TransactionType,
    read_records,
    records_object,
)

words = st.text("abcdefgh", min_size=1, max_size=20)
amounts = st.integers(0, MAX_MSAT).map(Msat)
times = st.none() | st.integers(1, 2**40)
b32 = st.binary(min_size=32, max_size=32)
metadata = st.dictionaries(words, words, max_size=3)
records = st.dictionaries(st.integers(0, 2**64 - 1), st.binary(max_size=20), max_size=3).map(
    lambda found: tuple(found.items())
)
transactions = st.builds(
    Transaction,
    type=st.none() | st.sampled_from(TransactionType),
    state=st.none() | st.sampled_from(TransactionState),
    invoice=st.just("") | words,
    description=st.just("") | words,
    description_hash=st.none() | b32,
    preimage=st.none() | b32.map(Preimage),
    payment_hash=st.none() | b32.map(PaymentHash),
    amount=amounts,
    fees_paid=st.none() | amounts,
    created_at=times,
    expires_at=times,
    settled_at=times,
    metadata=metadata,
)
optional_amount = st.none() | amounts
EVERYTHING: tuple[st.SearchStrategy[Any], ...] = (
    transactions,
    st.builds(PayInvoice, invoice=words, amount=optional_amount, metadata=metadata),
    st.builds(
        PayKeysend,
        pubkey=st.binary(min_size=33, max_size=33).map(NodeId),
        amount=amounts,
        preimage=st.none() | b32.map(Preimage),
        tlv_records=records,
    ),
    st.builds(Paid, preimage=st.none() | b32.map(Preimage), fees_paid=optional_amount),
    st.builds(
        Pay,
        payment=words,
        amount=optional_amount,
        max_fee=optional_amount,
        payer_note=st.just("") | words,
        metadata=metadata,
    ),
    st.builds(
        PayResult,
        state=st.none() | st.sampled_from(TransactionState),
        instruction_type=words,
        amount=amounts,
        fees_paid=optional_amount,
        payment_hash=st.none() | b32.map(PaymentHash),
        preimage=st.none() | b32.map(Preimage),
        failure_reason=st.just("") | words,
        transaction_id=st.just("") | words,
        created_at=times,
        settled_at=times,
    ),
    st.builds(
        MakeInvoice,
        amount=optional_amount,
        description=st.none() | words,
        description_hash=st.none() | b32,
        expiry=st.none() | st.integers(0, 2**53),
        metadata=metadata,
    ),
    st.builds(LookupInvoice, payment_hash=b32.map(PaymentHash), invoice=st.just("") | words),
    st.builds(
        ListTransactions,
        from_=times,
        until=times,
        limit=st.none() | st.integers(0, 2**53),
        offset=st.integers(0, 2**53),
        unpaid=st.booleans(),
        type=st.none() | st.sampled_from(TransactionType),
    ),
    st.builds(Transactions, st.lists(transactions, max_size=3).map(tuple)),
    st.builds(BalanceResult, amounts),
    st.builds(
        InfoResult,
        alias=st.just("") | words,
        color=st.just("") | words,
        pubkey=st.none() | st.binary(min_size=33, max_size=33).map(NodeId),
        network=st.none() | st.sampled_from(Network),
        block_height=st.none() | st.integers(0, 2**53),
        block_hash=st.just("") | words,
        methods=st.none() | st.lists(words, unique=True, max_size=5).map(tuple),
        notifications=st.none() | st.lists(words, unique=True, max_size=5).map(tuple),
    ),
)


@given(st.one_of(*EVERYTHING))
def test_a_value_comes_as_it_went(value: Any) -> None:
    text = request_text("any", value.to_object())
    sent = strict_json.parse_object(text, maximum=100_000)["params"]
    assert type(value).read(sent) == value


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=70)
    | b32.map(bytes.hex),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
READERS: tuple[Callable[[Any], object], ...] = (
    Transaction.read,
    PayInvoice.read,
    PayKeysend.read,
    Paid.read,
    Pay.read,
    PayResult.read,
    MakeInvoice.read,
    LookupInvoice.read,
    ListTransactions.read,
    Transactions.read,
    BalanceResult.read,
    InfoResult.read,
)
FIELDS = [
    "type",
    "state",
    "invoice",
    "description",
    "description_hash",
    "preimage",
    "payment_hash",
    "amount",
    "fees_paid",
    "created_at",
    "expires_at",
    "settled_at",
    "metadata",
    "pubkey",
    "tlv_records",
    "payment",
    "max_fee",
    "payer_note",
    "failure_reason",
    "expiry",
    "from",
    "until",
    "limit",
    "offset",
    "unpaid",
    "transactions",
    "balance",
    "alias",
    "network",
    "methods",
    "notifications",
    "block_height",
    "value",
]


@given(st.sampled_from(READERS), st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_comes_is_a_value_or_is_refused(
    read: Callable[[Any], object], values: dict[str, object]
) -> None:
    with contextlib.suppress(MalformedField):
        assert isinstance(read(values), read.__self__)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": True},
        {"amount": 21_000.0},
        {"amount": "21000"},
        {"amount": -1},
        {"amount": MAX_MSAT + 1},
        {"fees_paid": "0"},
        {"preimage": "zz" * 32},
        {"preimage": "00" * 31},
        {"payment_hash": 5},
        {"settled_at": 2**41},
        {"invoice": "x" * 7_090},
        {"metadata": []},
        {"state": 5},
    ],
)
def test_a_transaction_with_a_field_that_is_none_is_refused(changes: dict[str, object]) -> None:
    good = Transaction(type=None, payment_hash=PaymentHash(bytes(32)), amount=Msat(21_000))
    with pytest.raises(MalformedField):
        Transaction.read(good.to_object() | changes)


def test_what_wallets_write_for_nothing_is_nothing() -> None:
    read = Transaction.read(
        {
            "type": "outgoing",
            "state": "SETTLED",
            "preimage": "",
            "description": None,
            "payment_hash": "0b" * 32,
            "amount": 1,
            "fees_paid": None,
            "settled_at": 0,
            "metadata": None,
        }
    )
    assert read == Transaction(
        type=TransactionType.OUTGOING,
        state=TransactionState.SETTLED,
        payment_hash=PaymentHash(b"\x0b" * 32),
        amount=Msat(1),
    )


def test_a_state_that_nobody_knows_is_none() -> None:
    read = Transaction.read({"type": "sideways", "state": "quantum", "amount": 1})
    assert (read.type, read.state) == (None, None)


def test_long_metadata_is_dropped_and_the_transaction_kept() -> None:
    read = Transaction.read({"amount": 1, "metadata": {"comment": "x" * 5_000}})
    assert read.metadata == {}
    kept = Transaction.read({"amount": 1, "metadata": {"comment": "x"}})
    assert kept.metadata == {"comment": "x"}


def test_a_strangers_words_are_made_safe_to_show() -> None:
    read = Transaction.read({"amount": 1, "description": "a\n\u202eb" + "c" * 2_000})
    assert read.description.startswith("a b")
    assert len(read.description) <= 700


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("mainnet", Network.MAINNET),
        ("bitcoin", Network.MAINNET),
        ("testnet", Network.TESTNET),
        ("Signet", Network.SIGNET),
        ("moonnet", None),
        ("", None),
    ],
)
def test_networks_have_the_names_of_the_text(name: str, network: Network | None) -> None:
    assert InfoResult.read({"network": name, "methods": []}).network is network


def test_a_network_is_written_as_the_text_has_it() -> None:
    assert InfoResult(network=Network.TESTNET).to_object() == {"network": "testnet"}
    assert InfoResult(network=Network.MAINNET).to_object() == {"network": "mainnet"}


def test_a_wallet_without_a_node_may_write_anything_for_its_key() -> None:
    assert InfoResult.read({"pubkey": "none", "alias": "LNbits"}) == InfoResult(alias="LNbits")


def test_no_methods_and_none_told_are_two_things() -> None:
    assert InfoResult.read({"methods": []}).methods == ()
    assert InfoResult.read({}).methods is None


def test_records_are_bounded() -> None:
    assert read_records(records_object(((5_482_373_484, b"abc"),))) == ((5_482_373_484, b"abc"),)
    for bad in (
        [{"type": 1, "value": "xyz"}],
        [{"type": -1, "value": ""}],
        [{"value": "00"}],
        ["x"],
        [{"type": 1, "value": "00"}] * 101,
        [{"type": 1, "value": "00" * 1_301}],
    ):
        with pytest.raises(MalformedField):
            read_records({"tlv_records": bad})
