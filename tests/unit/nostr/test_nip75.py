"""NIP-75: goals are read and written, and only what came in time counts."""

from collections.abc import Callable
from dataclasses import replace

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip75 import (
    FlawedGoal,
    Goal,
    GoalProgress,
    GoalTip,
    build_goal,
    goal_relays,
    progress,
    read_goal,
)

Sign = Callable[..., Event]
KEY = PrivateKey(b"\x01" * 32)
GOAL = Goal(
    creator=KEY.x_only,
    amount=Msat(210_000),
    relays=("wss://alicerelay.example.com", "wss://bobrelay.example.com"),
    description="Nostrasia travel expenses",
    closed_at=1_700_000_100,
    image="https://a.example/i.png",
    summary="flights",
)
TAGS: Tags = (
    ("relays", "wss://alicerelay.example.com", "nonsense", "wss://bobrelay.example.com"),
    ("amount", "210000"),
)


def tip(number: int, msat: int, at: int) -> GoalTip:
    return GoalTip(PaymentHash(bytes([number]) * 32), Msat(msat), at)


def test_the_example_of_the_nip_is_read(sign: Sign) -> None:
    goal = read_goal(sign("Nostrasia travel expenses", kind=9_041, tags=TAGS))
    assert (goal.amount, goal.relays) == (GOAL.amount, GOAL.relays)
    assert (goal.closed_at, goal.image, goal.summary) == (None, "", "")
    assert goal.description == GOAL.description
    assert goal_relays(goal) == GOAL.relays


def test_what_is_written_is_read_again_and_by_nostr_sdk() -> None:
    event = nip01.sign(build_goal(GOAL, created_at=1_700_000_000), KEY, bytes(32))
    assert read_goal(event) == replace(GOAL, id=event.id, created_at=1_700_000_000)
    theirs = nostr_sdk.Event.from_json(event.to_json())
    assert theirs.verify()
    assert theirs.kind().as_u16() == 9_041
    assert ["amount", "210000"] in [tag.to_vec() for tag in theirs.tags()]
    assert read_goal(nip01.parse(theirs.as_json())) == read_goal(event)


@pytest.mark.parametrize(
    "tags",
    [
        TAGS[:1],
        TAGS[1:],
        (("relays", "nonsense"), TAGS[1]),
        (TAGS[0], ("amount", "0")),
        (TAGS[0], ("amount", "-5")),
        (TAGS[0], ("amount", "1e9")),
        (TAGS[0], ("amount", "9" * 19)),
        (*TAGS, ("closed_at", "soon")),
    ],
)
def test_a_goal_without_what_it_must_have_is_none(tags: Tags, sign: Sign) -> None:
    with pytest.raises(FlawedGoal):
        read_goal(sign(kind=9_041, tags=tags))


def test_an_event_of_another_kind_is_no_goal(sign: Sign) -> None:
    with pytest.raises(FlawedGoal):
        read_goal(sign(kind=1, tags=TAGS))


def test_hostile_texts_are_made_inert(sign: Sign) -> None:
    tags = (*TAGS, ("image", "javascript:x"), ("summary", "a\u202eb\nc"))
    goal = read_goal(sign("x" * 9_000, kind=9_041, tags=tags))
    assert (goal.image, goal.summary) == ("", "ab c")
    assert len(goal.description) == 2_000


def test_tips_after_the_end_do_not_count_and_no_payment_counts_twice() -> None:
    closed = GOAL.closed_at or 0
    tips = [
        tip(1, 100_000, closed - 50),
        tip(2, 110_000, closed),
        tip(3, 999_000, closed + 1),
        tip(1, 100_000, closed + 9),
        tip(2, 110_000, closed - 1),
    ]
    assert progress(GOAL, tips) == GoalProgress(Msat(210_000), 2, Msat(999_000), is_reached=True)
    assert not progress(GOAL, tips[1:3]).is_reached
    assert progress(replace(GOAL, closed_at=None), tips).tips == 3


@given(
    st.lists(
        st.builds(
            tip, st.integers(1, 5), st.integers(1, 10**6), st.integers(1_700_000_000, 1_700_000_200)
        )
    )
)
def test_the_order_of_receipts_does_not_matter(tips: list[GoalTip]) -> None:
    amounts = {one.payment_hash: one.amount for one in tips}
    tips = [replace(one, amount=amounts[one.payment_hash]) for one in tips]
    done = progress(GOAL, tips)
    assert progress(GOAL, reversed(tips)) == done
    assert done.collected + done.late == sum(amounts.values(), Msat(0))
