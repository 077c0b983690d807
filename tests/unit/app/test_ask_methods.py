"""Asking for money over the control port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.askers import Asker
from tests.correspondents import Net
from tests.fakes import CREATOR, FAN, RELAY, until
from tests.unit.services.test_messages import ANAS, FANS, place, running
from tipdesk.app.payment_asks import ask_methods


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Asker, Asker]]:
    net = Net()
    net.stored[RELAY] = [place(FAN, FANS), place(CREATOR, ANAS)]
    fan, ana = Asker(tmp_path / "fan", FAN, net), Asker(tmp_path / "ana", CREATOR, net)
    fan.follows.add(ana.pubkey)
    yield fan, ana
    fan.close()
    ana.close()


async def test_money_is_asked_for_promised_and_refused(two: tuple[Asker, Asker]) -> None:
    fan, ana = two
    hers, his = ask_methods(ana.asks), ask_methods(fan.asks)
    wish = {"amount_msat": 5_000, "words": "tea"}
    async with running(fan, ana):
        asked = await hers["ask_for_money"]({"pubkey": fan.pubkey.hex(), **wish})
        await until(lambda: len(fan.texts(ana)) == 1)
        (one,) = await his["open_asks"]({"pubkey": ana.pubkey.hex()})
        assert (one["id"], one["kind"], one["amount_msat"], one["words"]) == (
            asked["id"],
            "request",
            5_000,
            "tea",
        )
        await his["refuse_ask"]({"id": asked["id"], "tell": False})
        assert await his["open_asks"]({"pubkey": ana.pubkey.hex()}) == []
        promised = await his["promise_money"]({"pubkey": ana.pubkey.hex(), **wish})
        await until(lambda: len(ana.texts(fan)) == 2)
        answer = await hers["answer_promise"]({"id": promised["id"]})
        await until(lambda: len(fan.texts(ana)) == 3)
        waiting = await his["open_asks"]({"pubkey": ana.pubkey.hex()})
        assert [one["id"] for one in waiting] == [answer["id"]]
