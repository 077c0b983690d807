"""What is played on the stage: people, posts of every kind, tips and channels in every state."""

from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.ids import (
    ChannelId,
    EventId,
    NodeId,
    PaymentHash,
    ShortChannelId,
    TipId,
    XOnlyPubkey,
)
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.lightning.channel.limits import NO_SHARE, ChannelShare
from tipdesk.nostr.feed import Image, Post
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.nostr.nip57 import Share
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.services.views import IncomingTip, PaymentView, ProfileView, TipView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.payment import RouteHop
from tipdesk.tips.tip import TipStatus
from tipdesk.tips.visibility import Visibility

NOW = Instant(1_780_000_000_000)
MINUTE = 60_000
HOUR = 60 * MINUTE


def number(n: int, length: int = 32) -> bytes:
    """Distinct bytes whose first one differs too."""
    return bytes([n * 37 % 256]) + n.to_bytes(length - 1, "big")


def person(n: int, title: str, address: str | None, *, picture: bool = True) -> ProfileView:
    """Somebody."""
    return ProfileView(
        pubkey=XOnlyPubkey(number(n)),
        title=title,
        npub=f"npub1{n:058}",
        picture=f"https://img.example/face-{n}.png" if picture else None,
        about="",
        lud16=address,
        can_be_tipped=address is not None,
    )


def unknown(pubkey: XOnlyPubkey) -> ProfileView:
    """Somebody of whom nothing is known yet."""
    npub = encode_npub(pubkey)
    return ProfileView(
        pubkey=pubkey,
        title=f"{npub[:12]}…",
        npub=npub,
        picture=None,
        about="",
        lud16=None,
        can_be_tipped=False,
    )


ANA = person(1, "Ana Ruiz", "ana@music.example")
BELA = person(2, "Béla Photographs", "bela@pictures.example")
CHIDI = person(3, "Chidi Writes", "chidi@words.example", picture=False)
DANA = person(4, "دانا", "dana@example.org", picture=False)
EVIL = person(5, "<b>Eve</b><img src=x onerror=alert(1)>", "eve@example.net", picture=False)
FRAN = person(6, "Fran without an address", None, picture=False)
LONG = person(
    7, "A name that goes on and on so that nobody can miss it ☕", "on@example.com", picture=False
)
PEOPLE = (ANA, BELA, CHIDI, DANA, EVIL, FRAN, LONG)
ME = person(9, "Mika", "mika@tipdesk.example")

ESSAY = (
    "Every Sunday for a year I walked the same eleven kilometres along the canal and wrote down "
    "one thing that had changed since the week before.\n\nIt began as an excuse not to answer "
    "messages. By March it had become a discipline, and by June a kind of argument with myself "
    "about what counts as change. A lock gate repainted. A heron that stopped coming. The man "
    "who used to fish by the third bridge, and then did not, and then did again with a cast on "
    "his arm.\n\nWhat I had not expected is that the list would be so short. Fifty-two weeks, "
    "fifty-two lines, and most of them about water. You think a year is an enormous thing while "
    "you are inside it. Read back in four minutes, it is a note to the milkman.\n\nSo here it "
    "is, unedited, in the order it happened."
)


def _post(
    n: int,
    author: ProfileView,
    minutes: int,
    text: str,
    *,
    title: str = "",
    images: tuple[Image, ...] = (),
    shares: tuple[Share, ...] = (),
) -> Post:
    return Post(
        id=EventId(number(n)),
        author=author.pubkey,
        created_at=NOW.unix_seconds - minutes * 60,
        kind=30023 if title else 20 if images else 1,
        text=text,
        title=title,
        images=images,
        shares=shares,
    )


def _image(name: str, alt: str, width: int, height: int) -> Image:
    return Image(f"https://img.example/{name}.png", alt, width, height)


SUNRISE = _image("sunrise", "The sun over a flat sea, one small boat", 1600, 1000)
FOUR = tuple(
    _image(f"market-{i}", alt, 1200, 900)
    for i, alt in enumerate(("Peaches", "Scales", "An old man laughing", "Rain on the awning"))
)


def posts() -> list[Post]:
    """Two dozen posts of all kinds."""
    return [
        _post(101, ANA, 2, "New single is out tonight at nine. I recorded the strings in my "
              "grandmother's kitchen because the tiles sound better than any studio I can pay."),
        _post(102, BELA, 9, "First light at the breakwater. Forty minutes of waiting for the boat "
              "to be where I wanted it.", images=(SUNRISE,)),
        _post(103, CHIDI, 31, ESSAY, title="Fifty-two Sundays along the canal"),
        _post(104, DANA, 44, "صباح الخير من بيروت. اليوم نزرع الريحان على الشرفة ونكتب قليلا."),
        _post(105, EVIL, 52, "<h1>Send me money</h1> <script>steal()</script> & <a href='x'>click"
              "</a>\u202e this was the wrong way round \u0007 and this rings a bell"),
        _post(106, BELA, 75, "Market day in four pictures. Half of what it earns goes to Ana, who "
              "drove.", images=FOUR,
              shares=(Share(BELA.pubkey, 2), Share(ANA.pubkey, 1), Share(DANA.pubkey, 1))),
        _post(107, FRAN, 95, "I have not set up a lightning address yet. One of these days."),
        _post(108, LONG, 130, "Short."),
        _post(109, ANA, 180, "Rehearsal notes:\n\n1. slower than you think\n2. the bridge wants "
              "one bar more\n3. nobody misses the tambourine ♫"),
        _post(110, BELA, 260, "Two from the darkroom.", images=FOUR[:2]),
        _post(111, CHIDI, 320, "A sentence a day is three hundred and sixty-five sentences. "
              "That is a short story, or one very long apology."),
        _post(112, BELA, 400, "", images=FOUR[:3]),
        *(_post(120 + i, PEOPLE[i % 4], 500 + i * 190, f"Note {i + 1} from an older day. " + "It "
                "says a little more than the one before it. " * (i % 5)) for i in range(14)),
    ]  # fmt: skip


def tip(n: int, to: ProfileView, state: TipStatus, minutes: int, **changes: object) -> TipView:
    """A tip of ours."""
    fields: dict[str, object] = {
        "tip_id": TipId(number(n, 16)),
        "target_event": EventId(number(100 + n % 12 + 1)),
        "recipient": to,
        "amount": Msat(21_000),
        "comment": "",
        "state": state,
        "created_at": Instant(NOW.ms - minutes * MINUTE),
        "undo_until": None,
        "expected_fee": Msat(1_021),
        "fee_limit": Msat(3_000),
        "fee": None,
        "channels": None,
        "route": (),
        "payment_hash": PaymentHash(number(n)),
        "settled_at": None,
        "took_ms": None,
        "pay_ms": None,
        "receipt": None,
        "picture": None,
        "visibility": Visibility.PUBLIC,
        "gift": None,
        "app": "",
        "reward": None,
        "sentence": "",
        "can_undo": state.can_undo,
        "can_retry": state.can_retry,
    }
    return TipView(**(fields | changes))  # type: ignore[arg-type]


def paid(n: int, to: ProfileView, minutes: int, amount: Msat, **changes: object) -> TipView:
    """One that arrived."""
    hop = RouteHop(NodeId(b"\x02" + number(n)), ShortChannelId.of(200, 1, n % 4), Msat(0))
    return tip(
        n,
        to,
        TipStatus.RECEIPT_SEEN,
        minutes,
        amount=amount,
        fee=Msat(1_005 + n),
        channels=3,
        route=(hop, hop, hop),
        took_ms=140 + n * 7,
        settled_at=Instant(NOW.ms - minutes * MINUTE),
        sentence="Paid. The receipt was seen.",
        **changes,
    )


def tips() -> list[TipView]:
    """Every state there is, and a past."""
    return [
        tip(40, BELA, TipStatus.IN_FLIGHT, 6, amount=Msat(5_000_000), fee_limit=Msat(50_000),
            comment="For the breakwater",
            sentence="On its way: it may still arrive. Nothing to do; it is never paid twice."),
        paid(41, ANA, 12, Msat(100_000), comment="The strings! ♥"),
        tip(42, CHIDI, TipStatus.FAILED, 20, amount=Msat(500_000), fee_limit=Msat(5_000),
            sentence="No way through the network to Chidi Writes was found. No money moved. "
            "Try again, or a smaller amount."),
        tip(43, DANA, TipStatus.CANCELLED, 47, sentence="You took it back in time."),
        paid(44, CHIDI, 33, Msat(21_000), comment="Sundays are the best of it"),
        *(paid(50 + i, PEOPLE[i % 4], 200 + i * 300, Msat(21_000 * (i % 3 + 1)),
               comment=("", "Thank you", "More of this, please")[i % 3]) for i in range(12)),
    ]  # fmt: skip


def incoming() -> list[IncomingTip]:
    """Tips that came in."""
    rows = (
        (1, ANA, 500_000, "That riff in bar 12!"),
        (4, None, 21_000, ""),
        (15, BELA, 100_000, "from one maker to another"),
        (38, EVIL, 21_000, "<b>bold</b> & cheeky"),
        (66, LONG, 2_100_000, "A comment that is rather long, because some people have a great "
         "deal to say when they finally get round to saying it, and then say it twice."),
        (140, DANA, 21_000, "شكرا"),
        (900, CHIDI, 1_234_567, "an odd amount, exactly"),
        (1500, None, 100_000, "keep going"),
        (2900, ANA, 500_000, ""),
    )  # fmt: skip
    return [
        IncomingTip(
            payment_hash=PaymentHash(number(700 + place)),
            amount=Msat(amount),
            sender=sender,
            anonymous=sender is None,
            target_event=EventId(number(101 + place)),
            comment=comment,
            at=Instant(NOW.ms - minutes * MINUTE),
            receipt_published=minutes > 1,
            awaits_receipt=minutes <= 1,
            claimed_name="<i>Ana Ruiz</i>" if minutes == 4 else "",
            note="Thank her <b>on air</b>" if minutes == 15 else "",
        )
        for place, (minutes, sender, amount, comment) in enumerate(rows)
    ]


def history() -> list[IncomingTip]:
    """A year of tips before `incoming`, busier towards its end."""
    comments = ("", "Thank you!", "for the strings", "encore", "", "more of this")
    people = (ANA, CHIDI, None, BELA, ANA, DANA, None)
    minutes = (200 + n * (37 + n * 19) for n in range(160))
    return [
        IncomingTip(
            payment_hash=PaymentHash(number(5_000 + n)),
            amount=Msat((21, 100, 500, 42, 1_000, 210, 2_100)[n * 5 % 7] * 1_000),
            sender=people[n * 3 % 7],
            anonymous=people[n * 3 % 7] is None,
            target_event=None if n % 6 == 0 else EventId(number(101 + n % 5)),
            comment=comments[n % 6],
            at=Instant(NOW.ms - passed * MINUTE),
            receipt_published=True,
            awaits_receipt=False,
        )
        for n, passed in enumerate(minutes)
    ]


def payments() -> list[PaymentView]:
    """A wallet's history in every state."""
    rows = (
        ("Coffee beans, 1 kg", Direction.OUT, PaymentState.IN_FLIGHT, 18_500_000, None, 1),
        ("Invoice for a print", Direction.IN, PaymentState.WAITING, 45_000_000, None, 3),
        ("Print no. 14, framed", Direction.IN, PaymentState.SUCCEEDED, 61_000_000, None, 26),
        ("Domain for a year", Direction.OUT, PaymentState.SUCCEEDED, 9_412_345, 3_102, 190),
        ("", Direction.OUT, PaymentState.FAILED, 250_000, None, 300),
        ("Anything you like", Direction.IN, PaymentState.EXPIRED, None, None, 2_000),
        ("<i>Lunch</i>", Direction.OUT, PaymentState.SUCCEEDED, 14_000_000, 0, 4_000),
    )
    said = {
        PaymentState.IN_FLIGHT: "On its way: it may still arrive.",
        PaymentState.WAITING: "Nobody has paid it yet.",
        PaymentState.SUCCEEDED: "",
        PaymentState.FAILED: "No way through the network was found. No money moved.",
        PaymentState.EXPIRED: "It was not paid in time.",
    }
    return [
        PaymentView(
            payment_hash=PaymentHash(number(800 + place)),
            amount=None if amount is None else Msat(amount),
            fee=None if fee is None else Msat(fee),
            description=text,
            direction=direction,
            status=status,
            at=Instant(NOW.ms - minutes * MINUTE),
            sentence=said[status] or ("Received" if direction is Direction.IN else "Paid"),
        )
        for place, (text, direction, status, amount, fee, minutes) in enumerate(rows)
    ]


@dataclass(frozen=True)
class _Row:
    alias: str
    status: ChannelStatus
    capacity: int
    ours: int
    detail: str = ""
    in_flight: int = 0


def _share(row: _Row, reserve: int) -> ChannelShare:
    """What is ours of a channel's row."""
    if row.status is ChannelStatus.CLOSING:
        return NO_SHARE
    fee = 700 if row.ours > reserve + 700 else 0
    free = max(0, row.ours - reserve - fee)
    odd = 345 if row.ours == 1_312_442 else 0
    return ChannelShare(
        spendable=Msat(free * 1_000 + odd),
        in_flight=Msat(row.in_flight * 1_000),
        reserve=Msat(min(row.ours - free, reserve) * 1_000),
        fee_buffer=Msat(fee * 1_000),
        over_limit=Msat(0),
    )


def channels() -> list[ChannelView]:
    """Channels in every state."""
    rows = (
        _Row("Harbour Router", ChannelStatus.ONLINE, 2_000_000, 1_312_442),
        _Row("north.example", ChannelStatus.ONLINE, 900_000, 120_000, in_flight=5_000),
        _Row("Sleepy Node", ChannelStatus.OFFLINE, 500_000, 260_000),
        _Row("", ChannelStatus.CONFIRMING, 1_000_000, 995_000, "2 of 3 confirmations"),
        _Row("Old Friend", ChannelStatus.CLOSING, 300_000, 80_000, "The closing waits for a block"),
        _Row("<b>Bold</b> Node", ChannelStatus.FAILED, 250_000, 250_000,
             "The peer sent a wrong signature; the channel is frozen and nothing was lost"),
    )  # fmt: skip
    views = []
    for n, row in enumerate(rows):
        reserve = row.capacity // 100
        theirs = row.capacity - row.ours - row.in_flight
        views.append(
            ChannelView(
                channel_id=ChannelId(number(900 + n)),
                peer=NodeId(b"\x02" + number(900 + n)),
                peer_alias=row.alias,
                status=row.status,
                capacity=Sat(row.capacity),
                ours=Msat((row.ours + row.in_flight) * 1_000 + (345 if n == 0 else 0)),
                theirs=Msat(theirs * 1_000 - (345 if n == 0 else 0)),
                our_reserve=Sat(reserve),
                their_reserve=Sat(reserve),
                spendable=_share(row, reserve).spendable,
                receivable=Msat(max(0, theirs - reserve) * 1_000),
                in_flight=Msat(row.in_flight * 1_000),
                is_funder=n != 1,
                announced=False,
                short_channel_id=None,
                share=_share(row, reserve),
                coming=Sat(row.ours if row.status is ChannelStatus.CLOSING else 0),
                free_at=BlockHeight(934) if row.status is ChannelStatus.CLOSING else None,
                flight_ends=BlockHeight(291) if row.in_flight else None,
                first_expiry=BlockHeight(291) if row.in_flight else None,
                answer_within=CltvDelta(720),
                own_delay=CltvDelta(144),
                detail=row.detail,
            )
        )
    return views
