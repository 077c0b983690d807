"""The book of people over the control port."""

from pathlib import Path
from typing import cast

import pytest

from tests.book_owner import OFFER, Owner
from tests.fakes import CREATOR
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.app.methods import Method
from tipdesk.app.people_book import UnknownField, book_methods
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.people_book import NoSuchPerson
from tipdesk.services.timeline import TimelineService
from tipdesk.tips.person import NotAnOffer


@pytest.fixture
def methods(tmp_path: Path) -> dict[str, Method]:
    owner = Owner(tmp_path)
    # Only the sums are asked for, and those are the store's.
    timeline = cast("TimelineService", MoneyTimelineStore(owner.database))
    return book_methods(owner.book, timeline)


async def test_people_are_added_listed_changed_and_removed(methods: dict[str, Method]) -> None:
    npub = encode_npub(CREATOR.x_only)
    added = await methods["add_person"]({"name": "Ana", "npub": npub, "usual_msat": 21_000})
    await methods["change_person"]({"id": added["id"], "offer": OFFER, "usual_msat": 0})
    listed = await methods["people"]({"words": "ana"})
    assert listed == [
        {
            "id": added["id"],
            "title": "Ana",
            "is_name_ours": True,
            "ways": {"npub": npub, "offer": OFFER},
            "notes": "",
            "usual_msat": None,
            "sent_msat": 0,
            "received_msat": 0,
        }
    ]
    await methods["change_person"]({"id": added["id"], "npub": ""})
    ((one),) = await methods["people"]({})
    assert one["ways"] == {"offer": OFFER}
    await methods["remove_person"]({"id": added["id"]})
    assert await methods["people"]({}) == []


async def test_what_cannot_be_is_a_sentence(methods: dict[str, Method]) -> None:
    with pytest.raises(UnknownField, match="nsec"):
        await methods["add_person"]({"name": "Ana", "nsec": "x"})
    with pytest.raises(NotAnOffer):
        await methods["add_person"]({"name": "Ana", "offer": "lno"})
    with pytest.raises(NoSuchPerson):
        await methods["change_person"]({"id": 5})
