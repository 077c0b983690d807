"""What one stranger may ask for: enough for a person, not enough to be in others' way."""

import pytest

from tests.fakes import FakeClock
from tipdesk.adapters.web.requesters import AT_ONCE, MAX_REQUESTERS, REFILL_MS, Requesters


def allowed(requesters: Requesters, remote: str, forwarded_for: str = "") -> int:
    """How many requests in a row are let through."""
    for count in range(10 * AT_ONCE):
        if not requesters.may_ask(remote, forwarded_for):
            return count
    return 10 * AT_ONCE


def test_some_at_once_then_one_at_a_time_and_others_do_not_notice() -> None:
    clock = FakeClock()
    requesters = Requesters(clock)
    assert allowed(requesters, "198.51.100.1") == AT_ONCE
    assert allowed(requesters, "198.51.100.1") == 0
    assert allowed(requesters, "198.51.100.2") == AT_ONCE
    clock.pass_ms(REFILL_MS)
    assert allowed(requesters, "198.51.100.1") == 1
    clock.pass_ms(1_000 * REFILL_MS)
    assert allowed(requesters, "198.51.100.1") == AT_ONCE


def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw_that_counts() -> None:
    """What a requester writes into the header itself stands before it."""
    requesters = Requesters(FakeClock())
    assert allowed(requesters, "127.0.0.1", "10.0.0.1, 198.51.100.1") == AT_ONCE
    assert not requesters.may_ask("127.0.0.1", "10.9.9.9, 198.51.100.1")
    assert requesters.may_ask("::1", "198.51.100.2")
    # Only from a proxy of ours: others write there what they like.
    assert allowed(requesters, "203.0.113.5", "198.51.100.3") == AT_ONCE
    assert not requesters.may_ask("203.0.113.5", "198.51.100.4")


def test_a_network_of_ipv6_is_one_requester_and_nonsense_is_one_too() -> None:
    requesters = Requesters(FakeClock())
    assert allowed(requesters, "2001:db8::1") == AT_ONCE
    assert not requesters.may_ask("2001:db8::ffff:1", "")
    assert requesters.may_ask("2001:db8:0:1::1", "")
    assert allowed(requesters, "127.0.0.1", "nonsense") == AT_ONCE
    assert not requesters.may_ask(None, "")


@pytest.mark.parametrize("remote", ["127.0.0.1", "::1"])
def test_programs_on_the_same_machine_are_not_strangers(remote: str) -> None:
    assert allowed(Requesters(FakeClock()), remote) == 10 * AT_ONCE


def test_not_more_of_them_are_remembered_than_fit() -> None:
    requesters = Requesters(FakeClock())
    for number in range(MAX_REQUESTERS + 10):
        assert requesters.may_ask(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "")
    assert len(requesters._owed) == MAX_REQUESTERS
