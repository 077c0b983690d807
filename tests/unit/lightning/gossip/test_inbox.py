"""Class 54: gossip waits in a queue of its sender's, and each sender gets its turn."""

import pytest

from tipdesk.lightning.gossip import inbox
from tipdesk.lightning.gossip.inbox import Inbox


def test_sources_take_turns_whatever_one_of_them_piles_up() -> None:
    made: Inbox[str, int] = Inbox()
    for number in range(100):
        made.put("flood", number)
    made.put("quiet", 1)
    made.put("quiet", 2)
    taken = [made.take() for _ in range(5)]
    assert taken == [("flood", 0), ("quiet", 1), ("flood", 1), ("quiet", 2), ("flood", 2)]
    assert len(made) == 97


def test_class_54_one_source_and_all_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_OF_ONE", 3)
    monkeypatch.setattr(inbox, "MAX_WAITING", 5)
    made: Inbox[str, int] = Inbox()
    assert [made.put("a", n) for n in range(4)] == [True, True, True, False]
    assert [made.put("b", n) for n in range(3)] == [True, True, False]
    assert len(made) == 5


def test_what_a_source_left_behind_goes_with_it() -> None:
    made: Inbox[str, int] = Inbox()
    made.put("a", 1)
    made.put("b", 2)
    made.drop("a")
    made.drop("nobody")
    assert (made.take(), made.take(), len(made)) == (("b", 2), None, 0)
