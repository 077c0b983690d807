"""People over the control port: whoever is named is read in every notation, or refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, ScriptedHttp, sign
from tests.unit.services.conftest import Fan
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.app.methods import Method
from tipdesk.app.people import NotAPerson, People, people_methods
from tipdesk.base.errors import RequestError
from tipdesk.nostr.nip19 import ProfilePointer, encode_note, encode_nprofile, encode_npub
from tipdesk.services.follows import FollowService
from tipdesk.services.goals import GoalService
from tipdesk.services.names import Names, NameService
from tipdesk.services.publishing import PublishingService

ANA = CREATOR.x_only


@pytest.fixture
def fan(tmp_path: Path) -> Iterator[Fan]:
    fan = Fan(tmp_path)
    fan.relays.stored[RELAY] = [sign(FAN, kind, created_at=1) for kind in (3, 10_002)]
    yield fan
    fan.close()


@pytest.fixture
def methods(fan: Fan) -> dict[str, Method]:
    signer = KeySigner(FAN, fan.entropy)
    http = ScriptedHttp()
    http.answers["https://a.example/"] = f'{{"names":{{"ana":"{ANA.hex()}"}}}}'.encode()
    return people_methods(
        People(
            follows=FollowService(
                feed=fan.feed,
                lists=fan.lists,
                settings=MoneySettingsStore(fan.database),
                bus=fan.bus,
            ),
            relay_lists=fan.relay_lists,
            names=NameService(
                http=http,
                names=Names(fan.cache, fan.clock, practice=False),
                bus=fan.bus,
                clock=fan.clock,
                practice=False,
            ),
            goals=GoalService(
                signer=signer,
                lists=fan.lists,
                relays=fan.relays,
                store=fan.verdicts,
                receipts=fan.receipts,
                bus=fan.bus,
                clock=fan.clock,
            ),
            publishing=PublishingService(
                signer=signer, lists=fan.lists, people=fan.people, clock=fan.clock
            ),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        ANA.hex(),
        encode_npub(ANA),
        f"nostr:{encode_nprofile(ProfilePointer(ANA, ('wss://r.example',)))}",
    ],
)
async def test_somebody_is_followed_however_they_are_written(
    fan: Fan, methods: dict[str, Method], text: str
) -> None:
    done = {"published": True, "problem": ""}
    assert await methods["follow"]({"pubkey": text}) == {"follows": True, **done}
    assert fan.feed.follows() == (ANA,)
    assert await methods["unfollow"]({"pubkey": text}) == {"follows": False, **done}
    assert fan.feed.follows() == ()


@pytest.mark.parametrize("text", ["", "ana", encode_note(sign(FAN, 1).id), "nsec1x"])
async def test_what_names_nobody_is_refused(methods: dict[str, Method], text: str) -> None:
    with pytest.raises(NotAPerson):
        await methods["follow"]({"pubkey": text})


async def test_follows_are_imported_and_somebody_is_found_by_name(
    fan: Fan, methods: dict[str, Method]
) -> None:
    tags = (("p", STRANGER.x_only.hex()),)
    fan.relays.stored[RELAY] = [sign(FAN, 3, tags=tags)]
    added = {"added": [STRANGER.x_only.hex()], "removed": []}
    assert await methods["import_follows"]({}) == added
    found = await methods["find"]({"name": "ana@a.example"})
    assert found == {"pubkey": ANA.hex(), "relays": []}


async def test_the_relay_list_and_the_profile_are_edited(
    fan: Fan, methods: dict[str, Method]
) -> None:
    assert await methods["own_relays"]({}) == []
    entry = {"url": "wss://r.example", "reads": True, "writes": False}
    assert await methods["use_relay"](entry) == [entry]
    assert await methods["own_relays"]({}) == [entry]
    assert await methods["drop_relay"]({"url": "wss://r.example"}) == []
    await methods["edit_profile"]({"name": "Fan"})
    assert fan.relays.published[-1][0].content == '{"name":"Fan"}'
    with pytest.raises(RequestError):
        await methods["edit_profile"]({"nsec": "x"})


async def test_a_goal_is_published_and_listed(fan: Fan, methods: dict[str, Method]) -> None:
    closed_at = START.unix_seconds + 60
    goal = {"amount_msat": 5_000, "description": "strings", "closed_at": closed_at}
    made = await methods["publish_goal"](goal)
    (listed,) = await methods["goals"]({"pubkey": encode_npub(FAN.x_only)})
    assert listed == {**made, **goal, "collected_msat": 0, "is_closed": False}
