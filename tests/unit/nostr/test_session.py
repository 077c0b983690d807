"""The relay session: what is wanted comes through once, everything else is dropped and counted."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.nostr import session as relay
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.seen import Recent
from tipdesk.nostr.session import Dropped, RelaySession

Sign = Callable[..., Event]
NOTES = (Filter(kinds=(1,)),)


def event_frame(event: Event, name: str = "feed") -> str:
    return f'["EVENT","{name}",{event.to_json()}]'


@pytest.fixture
def session() -> RelaySession:
    opened = RelaySession()
    opened.subscribe("feed", NOTES)
    opened.data_to_send()
    return opened


def test_frames_to_send_are_given_once(sign: Sign) -> None:
    session = RelaySession()
    session.subscribe("feed", NOTES)
    session.publish(sign("x"))
    session.unsubscribe("feed")
    session.unsubscribe("feed")
    kinds = [frame[:7] for frame in session.data_to_send()]
    assert kinds == ['["REQ",', '["EVENT', '["CLOSE']
    assert session.data_to_send() == []


def test_an_event_comes_through_once_and_the_end_of_the_stored_ones_too(
    session: RelaySession, sign: Sign
) -> None:
    event = sign("hello")
    for frame in (event_frame(event), event_frame(event), '["EOSE","feed"]'):
        session.receive_data(frame)
    assert session.events_received() == [
        relay.EventReceived("feed", event),
        relay.StoredEventsEnded("feed"),
    ]
    assert session.events_received() == []
    assert session.dropped == Dropped(duplicate=1)


def test_a_forged_event_is_dropped_and_does_not_keep_the_real_one_out(
    session: RelaySession, sign: Sign
) -> None:
    event = sign("hello")
    session.receive_data(event_frame(event).replace("hello", "hell0"))
    session.receive_data(event_frame(event))
    assert session.events_received() == [relay.EventReceived("feed", event)]
    assert session.dropped == Dropped(forged=1)


def test_a_verified_event_does_not_vouch_for_another_text_under_its_id(sign: Sign) -> None:
    verified = Recent[Event](10)
    first, second = RelaySession(verified), RelaySession(verified)
    for session in (first, second):
        session.subscribe("feed", NOTES)
    event = sign("hello")
    first.receive_data(event_frame(event))
    second.receive_data(event_frame(event).replace("hello", "hell0"))
    assert second.events_received() == []
    assert second.dropped == Dropped(forged=1)


def test_what_was_not_asked_for_is_dropped(session: RelaySession, sign: Sign) -> None:
    session.receive_data(event_frame(sign("x"), "other"))
    session.receive_data(event_frame(sign("x", kind=4)))
    session.receive_data('["EOSE","other"]')
    assert session.events_received() == []
    assert session.dropped == Dropped(unrequested=2)


def test_an_event_sent_before_our_close_arrived_is_no_offence(
    session: RelaySession, sign: Sign
) -> None:
    session.unsubscribe("feed")
    session.receive_data(event_frame(sign("x")))
    assert session.events_received() == []
    assert session.dropped == Dropped()


def test_answers_notices_and_ends_are_facts(session: RelaySession, sign: Sign) -> None:
    event = sign("x")
    session.receive_data(f'["OK","{event.id.hex()}",false,"blocked: no"]')
    session.receive_data('["NOTICE","slow down"]')
    session.receive_data('["CLOSED","feed","error: too many"]')
    session.receive_data('["CLOSED","feed","again"]')
    session.receive_data('["SOMETHING","else"]')
    assert session.events_received() == [
        relay.EventAnswered(event.id, False, "blocked: no"),
        relay.NoticeReceived("slow down"),
        relay.SubscriptionEnded("feed", "error: too many"),
    ]


def test_a_relay_that_sends_rubbish_is_to_be_left_and_no_longer_heard(
    session: RelaySession, sign: Sign
) -> None:
    for _ in range(relay.MAX_BAD_FRAMES - 1):
        session.receive_data("rubbish")
    assert not session.close_expected()
    session.receive_data("rubbish")
    assert session.close_expected()
    session.receive_data(event_frame(sign("x")))
    assert session.events_received() == []


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_subscription_needs_a_name_that_relays_take(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        RelaySession().subscribe(name, NOTES)


def test_the_memory_of_events_forgets_the_oldest(sign: Sign) -> None:
    events = [sign(str(number)) for number in range(3)]
    recent = Recent[int](2)
    for number, event in enumerate(events):
        recent.add(event.id, number)
    assert [recent.get(event.id) for event in events] == [None, 1, 2]
    assert len(recent) == 2


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_no_frame_makes_the_session_raise(data: str | bytes) -> None:
    session = RelaySession()
    session.receive_data(data)
    assert session.dropped.malformed + len(session.events_received()) <= 1
