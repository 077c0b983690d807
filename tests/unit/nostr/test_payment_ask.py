"""The tags of a message about money: written and read, and nothing made of what is malformed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CREATOR, FAN
from tipdesk.base.units import Msat
from tipdesk.nostr.nip17 import build_message, read_message
from tipdesk.nostr.payment_ask import AskKind, AskTags, read_ask, write_ask


@given(
    st.sampled_from(list(AskKind)),
    st.none() | st.integers(1, 10**18 - 1).map(Msat),
    st.none() | st.integers(0, 10**18 - 1),
)
def test_what_is_written_is_read(kind: AskKind, amount: Msat | None, until: int | None) -> None:
    ask = AskTags(kind, amount, until)
    assert read_ask(write_ask(ask)) == ask


def test_the_tags_are_three_and_plain() -> None:
    ask = AskTags(AskKind.REQUEST, Msat(2_100_000), 1_700_000_000)
    assert write_ask(ask) == (
        ("payment", "request"),
        ("amount", "2100000"),
        ("expiration", "1700000000"),
    )


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        ((), None),
        ((("payment",),), None),
        ((("payment", "theft"),), None),
        ((("amount", "5"),), None),
        ((("payment", "refusal"), ("amount", "-5")), AskTags(AskKind.REFUSAL)),
        ((("payment", "request"), ("amount", "1" * 19)), AskTags(AskKind.REQUEST)),
        ((("payment", "request"), ("amount", "\u0665")), AskTags(AskKind.REQUEST)),
        ((("payment", "request"), ("amount", "0")), AskTags(AskKind.REQUEST)),
        ((("payment", "promise"), ("expiration", "soon")), AskTags(AskKind.PROMISE)),
        ((("payment", "promise"), ("payment", "request")), AskTags(AskKind.PROMISE)),
    ],
)
def test_what_is_malformed_is_left_out(
    tags: tuple[tuple[str, ...], ...], read: AskTags | None
) -> None:
    assert read_ask(tags) == read


def test_a_message_carries_them_beside_whom_it_is_for() -> None:
    ask = AskTags(AskKind.PROMISE, Msat(1_000))
    rumor = build_message(
        "words", sender=FAN.x_only, recipient=CREATOR.x_only, created_at=1, ask=ask
    )
    message = read_message(rumor)
    assert (message.ask, message.tip, message.recipient) == (ask, None, CREATOR.x_only)
