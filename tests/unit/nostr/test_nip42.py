"""NIP-42: a relay that asks who we are is answered when it refuses something, and only then."""

from collections.abc import Callable

import nostr_sdk
import pytest

from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr import session as relay
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.frames import AuthFrame, MalformedFrame, parse_relay_frame
from tipdesk.nostr.nip42 import build_auth
from tipdesk.nostr.session import RelaySession

Sign = Callable[..., Event]
KEY = PrivateKey(b"\x01" * 32)
NOTES = (Filter(kinds=(1,)),)
WANTED = "auth-required: who are you?"


def proof(challenge: str) -> Event:
    unsigned = build_auth("wss://r.example", challenge, pubkey=KEY.x_only, created_at=1_700_000_000)
    return nip01.sign(unsigned, KEY, bytes(32))


@pytest.fixture
def session() -> RelaySession:
    opened = RelaySession(may_authenticate=True)
    opened.subscribe("feed", NOTES)
    opened.data_to_send()
    return opened


def ok(event: Event, *, accepted: bool = True, message: str = "") -> str:
    return f'["OK","{event.id.hex()}",{str(accepted).lower()},"{message}"]'


def test_the_proof_names_the_relay_and_the_challenge_and_nostr_sdk_reads_it() -> None:
    made = proof("abc")
    assert made.tags == (("relay", "wss://r.example"), ("challenge", "abc"))
    theirs = nostr_sdk.ClientMessage.from_json(f'["AUTH",{made.to_json()}]').as_enum()
    assert theirs.is_auth()
    event = nostr_sdk.Event.from_json(made.to_json())
    assert event.verify()
    assert event.kind().as_u16() == 22_242


def test_we_read_the_challenge_that_nostr_sdk_writes() -> None:
    theirs = nostr_sdk.RelayMessage.auth("abc").as_json()
    assert parse_relay_frame(theirs) == AuthFrame("abc")


@pytest.mark.parametrize("text", ['["AUTH",""]', '["AUTH",5]', '["AUTH","' + "x" * 1_001 + '"]'])
def test_an_odd_challenge_is_malformed(text: str) -> None:
    with pytest.raises(MalformedFrame):
        parse_relay_frame(text)


def test_a_challenge_alone_is_not_answered(session: RelaySession) -> None:
    session.receive_data('["AUTH","abc"]')
    assert session.events_received() == []


@pytest.mark.parametrize("challenge_first", [True, False])
def test_a_refused_subscription_is_asked_for_again_after_the_proof(
    session: RelaySession, challenge_first: bool
) -> None:
    said = ['["AUTH","abc"]', f'["CLOSED","feed","{WANTED}"]']
    for frame in said if challenge_first else said[::-1]:
        session.receive_data(frame)
    assert session.events_received() == [relay.AuthNeeded("abc")]
    session.authenticate(proof("abc"))
    assert session.data_to_send() == [f'["AUTH",{proof("abc").to_json()}]']
    session.receive_data(ok(proof("abc")))
    assert session.data_to_send() == ['["REQ","feed",{"kinds":[1]}]']
    assert session.events_received() == []


def test_a_refused_event_is_sent_again_after_the_proof(session: RelaySession, sign: Sign) -> None:
    event = sign("x")
    session.publish(event)
    session.data_to_send()
    session.receive_data('["AUTH","abc"]')
    session.receive_data(ok(event, accepted=False, message=WANTED))
    assert session.events_received() == [relay.AuthNeeded("abc")]
    session.authenticate(proof("abc"))
    session.receive_data(ok(proof("abc")))
    assert session.data_to_send()[-1] == f'["EVENT",{event.to_json()}]'
    session.receive_data(ok(event))
    assert session.events_received() == [relay.EventAnswered(event.id, True, "")]


def test_a_proof_that_is_refused_ends_what_waited_for_it(session: RelaySession, sign: Sign) -> None:
    event = sign("x")
    session.publish(event)
    session.receive_data('["AUTH","abc"]')
    session.receive_data(f'["CLOSED","feed","{WANTED}"]')
    session.receive_data(ok(event, accepted=False, message=WANTED))
    session.authenticate(proof("abc"))
    session.receive_data(ok(proof("abc"), accepted=False, message="restricted: not you"))
    assert session.events_received() == [
        relay.AuthNeeded("abc"),
        relay.SubscriptionEnded("feed", "restricted: not you"),
        relay.EventAnswered(event.id, False, "restricted: not you"),
    ]


def test_one_challenge_is_answered_once_and_a_new_one_again(session: RelaySession) -> None:
    session.receive_data('["AUTH","abc"]')
    session.receive_data(f'["CLOSED","feed","{WANTED}"]')
    session.authenticate(proof("abc"))
    session.receive_data(ok(proof("abc")))
    session.receive_data('["AUTH","def"]')
    session.receive_data(f'["CLOSED","feed","{WANTED}"]')
    session.authenticate(proof("def"))
    session.receive_data(ok(proof("def")))
    session.receive_data(f'["CLOSED","feed","{WANTED}"]')
    assert session.events_received() == [
        relay.AuthNeeded("abc"),
        relay.AuthNeeded("def"),
        relay.SubscriptionEnded("feed", WANTED),
    ]


def test_a_relay_that_asks_on_and_on_is_not_answered_for_ever(session: RelaySession) -> None:
    for number in range(50):
        session.receive_data(f'["AUTH","{number}"]')
        session.receive_data(f'["CLOSED","feed","{WANTED}"]')
        for fact in session.events_received():
            if isinstance(fact, relay.AuthNeeded):
                session.authenticate(proof(fact.challenge))
                session.receive_data(ok(proof(fact.challenge)))
    proofs = [frame for frame in session.data_to_send() if frame.startswith('["AUTH"')]
    assert len(proofs) == relay.MAX_CHALLENGES


def test_a_session_that_may_not_prove_who_we_are_takes_the_refusal(sign: Sign) -> None:
    session = RelaySession()
    session.subscribe("feed", NOTES)
    event = sign("x")
    session.publish(event)
    session.receive_data('["AUTH","abc"]')
    session.receive_data(f'["CLOSED","feed","{WANTED}"]')
    session.receive_data(ok(event, accepted=False, message=WANTED))
    assert session.events_received() == [
        relay.SubscriptionEnded("feed", WANTED),
        relay.EventAnswered(event.id, False, WANTED),
    ]
