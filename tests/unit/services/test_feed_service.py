"""The feed: who is followed is seen, from the cache before any relay; receipts are judged."""

import pytest

from tests.fakes import (
    ADDRESS,
    CREATOR,
    FAN,
    PROVIDER,
    RELAY,
    START,
    STRANGER,
    make_invoice,
    preimage_of,
    sign,
    until,
)
from tests.unit.services.conftest import POST, PROFILE, Fan
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.ports import http
from tipdesk.services.events import FeedChanged, ProfileChanged, RelaysChanged
from tipdesk.tips.receipt import TrustGrade

T = START.unix_seconds


def receipt(
    number: int, *, signer: PrivateKey = PROVIDER, sat: int = 5, post: EventId = POST.id
) -> Event:
    """A true receipt of a stranger's zap for Ana's post."""
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=CREATOR.x_only, event_id=post, kind=1),
        sender=STRANGER.x_only,
        relays=(RELAY,),
        amount=Msat(sat * 1_000),
        lnurl="lnurl1x",
        comment="",
        created_at=T,
    )
    raw = nip01.sign(unsigned, STRANGER, bytes(32)).to_json()
    invoice = make_invoice(number, amount=Msat(sat * 1_000), description_hash=sha256(raw.encode()))
    made = nip57.build_zap_receipt(
        nip57.read_zap_request(raw),
        invoice=invoice,
        preimage=preimage_of(number),
        provider=signer.x_only,
        paid_at=T,
    )
    return nip01.sign(made, signer, bytes(32))


def tipped(fan: Fan) -> tuple[Msat, int]:
    view = fan.feed.post(POST.id)
    assert view is not None
    return view.tips_total, view.tips_count


async def test_posts_come_newest_first_with_their_author(fan: Fan) -> None:
    newer = sign(CREATOR, 20, "sea", tags=(("imeta", "url https://a.example/b.jpg"),), created_at=T)
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(newer)
        assert [view.post.id for view in fan.feed.posts()] == [newer.id, POST.id]
        assert [view.post.id for view in fan.feed.posts(limit=1, offset=1)] == [POST.id]
        assert fan.feed.count() == 2
        author = fan.feed.posts()[0].author
        assert (author.title, author.lud16, author.can_be_tipped) == ("Ana", ADDRESS, True)
        await until(lambda: FeedChanged((newer.id, POST.id), frozenset()) in fan.events)
        assert ProfileChanged(CREATOR.x_only) in fan.events


async def test_the_feed_stands_from_the_cache_before_any_relay(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
    fan.close()
    fan.open()
    async with fan.running():
        assert [view.author.title for view in fan.feed.posts()] == ["Ana"]
        assert fan.feed.follows() == (CREATOR.x_only,)


async def test_nobody_is_shown_whom_we_do_not_follow(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        subscription = fan.relays.subscriptions[-1]
        subscription.on_event(sign(STRANGER, 1, "buy this"))
        assert fan.feed.count() == 1
        assert fan.feed.dropped["not asked for"] == 1
        fan.feed.unfollow(CREATOR.x_only)
        assert not subscription.is_open
        assert fan.feed.follows() == ()


async def test_an_odd_profile_is_dropped_and_counted_and_the_person_stays_named(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(sign(CREATOR, 0, "not json", created_at=T + 5))
        assert fan.feed.dropped["malformed profile"] == 1
        assert fan.feed.profile(CREATOR.x_only).title == "Ana"
        fan.relays.deliver(sign(CREATOR, 0, '{"name": "Old"}', created_at=T - 5))
        assert fan.feed.profile(CREATOR.x_only).title == "Ana"


def test_somebody_without_a_profile_goes_by_their_npub_and_cannot_be_tipped(fan: Fan) -> None:
    view = fan.feed.profile(STRANGER.x_only)
    assert view.title == view.npub[:12] + "\u2026"
    assert not view.can_be_tipped


async def test_a_deleted_post_goes_and_stays_away(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(sign(CREATOR, 5, tags=(("e", POST.id.hex()),), created_at=T))
        fan.relays.deliver(POST)
        assert fan.feed.count() == 0
        await until(lambda: FeedChanged((), frozenset({POST.id})) in fan.events)
    fan.close()
    fan.open()
    async with fan.running():
        assert fan.feed.count() == 0


async def test_a_new_version_of_a_long_post_tells_that_the_old_one_changed(fan: Fan) -> None:
    tags = (("d", "dunes"), ("title", "Dunes"))
    old, new = (sign(CREATOR, 30023, f"v{n}", tags=tags, created_at=T + n) for n in (1, 2))
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(old)
        await until(lambda: any(old.id in getattr(e, "added", ()) for e in fan.events))
        fan.relays.deliver(new)
        assert fan.feed.post(old.id) is None
        await until(lambda: FeedChanged((new.id,), frozenset({old.id})) in fan.events)


async def test_receipts_wait_for_the_providers_key_which_is_asked_for_once(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(receipt(1), receipt(2, sat=7))
        assert tipped(fan) == (Msat(0), 0)
        await until(lambda: tipped(fan) == (Msat(12_000), 2))
        fan.relays.deliver(receipt(3), receipt(1))
        assert tipped(fan) == (Msat(17_000), 3)
        assert len(fan.http.asked) == 1
        assert fan.providers.of(CREATOR.x_only) == (PROVIDER.x_only,)


async def test_a_forged_receipt_of_a_thousand_bitcoin_counts_nothing(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(receipt(1, signer=STRANGER, sat=100_000_000_000))
        await until(lambda: fan.feed.flawed_receipts["WRONG_PROVIDER"])
        assert tipped(fan) == (Msat(0), 0)


async def test_a_worthless_receipt_is_shown_in_grey_also_after_a_restart(fan: Fan) -> None:
    def grey() -> int:
        view = fan.feed.post(POST.id)
        return 0 if view is None else view.tips_unverified

    forged = receipt(1, signer=STRANGER, sat=100_000_000_000)
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(forged)
        await until(lambda: grey() == 1)
        assert tipped(fan) == (Msat(0), 0)
    fan.close()
    fan.open()
    async with fan.running():
        await until(lambda: grey() == 1)
        fan.relays.deliver(forged)
        assert (grey(), tipped(fan)) == (1, (Msat(0), 0))
        (kept,) = fan.verdicts.unverified()
        assert (kept.flaw, kept.claimed) == ("WRONG_PROVIDER", Msat(100_000_000_000_000))


async def test_a_receipt_judged_too_early_is_believed_once_its_signer_is_known(fan: Fan) -> None:
    early = receipt(1, signer=FAN)
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(early)
        await until(lambda: fan.verdicts.unverified())
    fan.close()
    fan.open()
    async with fan.running():
        fan.providers.learn(CREATOR.x_only, FAN.x_only)
        fan.relays.deliver(early)
        assert tipped(fan) == (Msat(5_000), 1)
        assert fan.verdicts.unverified() == []


async def test_a_kept_verdict_never_gets_worse(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(receipt(1))
        await until(lambda: tipped(fan) == (Msat(5_000), 1))
        fan.clock.pass_ms(1)
        fan.providers.learn(CREATOR.x_only, FAN.x_only)
        again = sign(PROVIDER, 9735, tags=receipt(1).tags, created_at=T + 99)
        fan.relays.deliver(again)
        kept = fan.receipts.receipt(PaymentHash(sha256(preimage_of(1))))
        assert kept is not None
        assert (kept.grade, kept.id) == (TrustGrade.B, receipt(1).id)


async def test_of_worthless_receipts_only_the_latest_are_kept(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.receipts.MAX_UNVERIFIED", 3)
    fan.providers.learn(CREATOR.x_only, PROVIDER.x_only)
    fan.meet_ana()
    events = [receipt(number, signer=STRANGER) for number in range(5)]
    for event in events:
        fan.receipts.take(event)
    assert [one.id for one in fan.verdicts.unverified()] == [event.id for event in events[2:]]
    assert fan.receipts.of_post(POST.id).unverified == 3


async def test_verdicts_outlive_the_process_and_the_providers_key(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(receipt(1))
        await until(lambda: tipped(fan) == (Msat(5_000), 1))
    fan.close()
    fan.open()
    async with fan.running():
        assert tipped(fan) == (Msat(5_000), 1)
        fan.providers.learn(CREATOR.x_only, FAN.x_only)  # their server signs with another key now
        fan.clock.pass_ms(1)
        fan.providers.learn(CREATOR.x_only, FAN.x_only)
        fan.relays.deliver(receipt(2))
        assert tipped(fan) == (Msat(10_000), 2)
        second = fan.receipts.receipt(PaymentHash(sha256(preimage_of(2))))
        assert second is not None
        assert second.grade is TrustGrade.C


async def test_a_server_that_is_away_is_asked_again(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.receipts._ASK_AFTER_SECONDS", (0.0, 0.03, 0.03))
    true = fan.http.answers.pop("http://127.0.0.1:9000/.well-known/lnurlp/ana")
    fan.http.answers["http://127.0.0.1:9000/"] = http.NotReachable("127.0.0.1")
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(receipt(1))
        await until(lambda: fan.http.asked)
        assert tipped(fan) == (Msat(0), 0)
        fan.http.answers["http://127.0.0.1:9000/"] = true
        await until(lambda: tipped(fan) == (Msat(5_000), 1))


async def test_no_flood_of_receipts_fills_the_memory(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.receipts.MAX_WAITING", 2)
    for number in range(5):
        fan.receipts.take(receipt(number))
    fan.receipts.take(sign(STRANGER, 9735))
    assert fan.feed.flawed_receipts == {"TOO_MANY": 3, "WRONG_RECIPIENT": 1}


async def test_our_own_tip_counts_at_once_and_not_twice(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await until(lambda: fan.view(tip_id).fee is not None)
        assert tipped(fan) == (Msat(21_000), 1)
        view = fan.feed.post(POST.id)
        assert view is not None
        assert view.my_tip is not None
        assert view.my_tip.tip_id == tip_id
    fan.close()
    fan.open()
    async with fan.running():
        assert tipped(fan) == (Msat(21_000), 1)


async def test_receipts_are_asked_for_of_people_tipped_but_not_followed(fan: Fan) -> None:
    async with fan.running():
        fan.profiles.learn(PROFILE)
        tip_id = fan.begin()
        await until(lambda: fan.view(tip_id).fee is not None)
        wanted = fan.relays.subscriptions[-1].filters[0].tags["p"]
        assert wanted == (CREATOR.x_only.hex(),)


async def test_a_lost_relay_is_told(fan: Fan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipdesk.services.feeds._RELAY_CHECK_SECONDS", 0.01)
    async with fan.running():
        await until(lambda: fan.feed.relays()[0].connected)
        assert RelaysChanged() not in fan.events
        fan.relays.connected = False
        await until(lambda: RelaysChanged() in fan.events)
