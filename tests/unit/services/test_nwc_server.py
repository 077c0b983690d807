"""NIP-47 served: each method, each refusal, what is said when nothing certain is known."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FAN, NODE, RELAY, make_invoice, preimage_of, until
from tests.serving import EVERYTHING, App, Desk, Served, code_of
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip47 import Encryption, Method
from tipdesk.nostr.nip47_asking import InfoResult
from tipdesk.services import nwc_server
from tipdesk.tips import connection
from tipdesk.tips.connection import OrderState, Permission
from tipdesk.tips.history import PaymentState
from tipdesk.tips.payment import Balance, FailureReason, Succeeded, Unknown

PAYING = frozenset({Permission.PAY, Permission.OWN_PAYMENTS})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def served(desk: Desk) -> AsyncIterator[Served]:
    async with desk.running() as served:
        yield served


def app_of(desk: Desk, **wish: Any) -> App:
    return App(desk, desk.served.connect(**wish))


def pay(number: int = 1, **params: object) -> dict[str, object]:
    return {"invoice": make_invoice(number), **params}


def preimage_hex(number: int = 1) -> str:
    return preimage_of(number).hex()


@pytest.fixture(autouse=True)
def _true_preimages(desk: Desk) -> None:
    for number in range(1, 50):
        preimage = preimage_of(number)
        desk.wallet.preimages[_hash(number)] = preimage


def _hash(number: int) -> PaymentHash:
    return PaymentHash(sha256(preimage_of(number)))


# -- what it says of itself -----------------------------------------------------------------------


async def test_the_info_event_says_what_the_connection_may_do(desk: Desk, served: Served) -> None:
    app = app_of(desk, permissions=frozenset({Permission.PAY, Permission.BALANCE}))
    await until(lambda: app.infos)
    (info,) = app.infos
    assert info.content == "pay_invoice pay get_balance get_info notifications"
    assert info.first("encryption") == "nip44_v2"
    assert info.first("notifications") == "payment_sent"
    assert desk.relays.published[-1][1] == (RELAY,)


async def test_after_the_end_the_info_event_offers_nothing(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    await until(lambda: app.infos)
    served.connections.revoke(served.book.connections()[0].id)
    await until(lambda: len(app.infos) == 2)
    assert app.infos[-1].content == ""
    # Within one second too the later one counts.
    assert app.infos[-1].created_at > app.infos[0].created_at


async def test_a_relay_that_did_not_take_the_info_event_is_asked_again(
    desk: Desk, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.nwc_relays._PAUSES", (0.01, 0.02))
    desk.relays.accepts = lambda _: False
    app = app_of(desk)
    await until(lambda: app.infos)
    desk.relays.accepts = lambda _: True
    before = len(app.infos)
    await until(lambda: len(app.infos) > before)
    assert len({event.id for event in app.infos}) == 1


async def test_get_info_tells_of_this_connection(desk: Desk, served: Served) -> None:
    app = app_of(desk, permissions=PAYING)
    result = (await app.ask("get_info"))["result"]
    assert result["methods"] == [
        "pay_invoice",
        "pay",
        "lookup_invoice",
        "list_transactions",
        "get_info",
    ]
    assert (result["alias"], result["network"], result["block_height"]) == ("Desk", "regtest", 200)
    assert result["notifications"] == ["payment_sent"]
    # Who cannot make invoices has no use for the node's key.
    assert "pubkey" not in result
    maker = app_of(desk, name="Shop", permissions=frozenset({Permission.INVOICE}))
    assert "pubkey" in (await maker.ask("get_info"))["result"]


async def test_the_balance_is_no_more_than_what_the_budget_leaves(
    desk: Desk, served: Served
) -> None:
    desk.wallet.balances = Balance(Msat(9_000_000), Msat(0), Msat(9_000_000))
    app = app_of(desk, budget=Msat(100_000))
    assert (await app.ask("get_balance"))["result"] == {"balance": 100_000}
    await app.ask("pay_invoice", pay())
    assert (await app.ask("get_balance"))["result"] == {"balance": 78_000}
    desk.wallet.balances = Balance(Msat(5_000), Msat(0), Msat(5_000))
    assert (await app.ask("get_balance"))["result"] == {"balance": 5_000}
    free = app_of(desk, name="Free", budget=None)
    assert (await free.ask("get_balance"))["result"] == {"balance": 5_000}


# -- paying ---------------------------------------------------------------------------------------


async def test_an_invoice_is_paid_and_its_cost_is_off_the_budget(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    answer = await app.ask("pay_invoice", pay())
    assert answer == {
        "result_type": "pay_invoice",
        "error": None,
        "result": {"preimage": preimage_hex(), "fees_paid": 1_000},
    }
    (view,) = served.connections.connections()
    assert view.spending.used == Msat(22_000)
    (order,) = desk.wallet.orders
    assert order.max_fee == Msat(3_000)
    await until(lambda: app.told)
    (told,) = app.told
    assert told["notification_type"] == "payment_sent"
    assert told["notification"]["preimage"] == preimage_hex()
    assert told["notification"]["fees_paid"] == 1_000
    (line,) = served.purse.payments()
    assert (line.amount, line.fee, line.status) == (
        Msat(21_000),
        Msat(1_000),
        PaymentState.SUCCEEDED,
    )
    assert line.description == "Amethyst: a tip"


async def test_an_invoice_without_an_amount_takes_the_one_of_the_request(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    open_one = make_invoice(2, amount=None)
    assert code_of(await app.ask("pay_invoice", {"invoice": open_one})) == "OTHER"
    answer = await app.ask("pay_invoice", {"invoice": open_one, "amount": 5_000})
    assert answer["result"]["preimage"] == preimage_hex(2)
    assert desk.wallet.orders[-1].amount == Msat(5_000)


async def test_pay_keeps_the_clients_fee_limit_and_says_what_became_of_it(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    link = f"bitcoin:?lightning={make_invoice(3)}"
    result = (await app.ask("pay", {"payment": link, "max_fee": 1_500}))["result"]
    assert desk.wallet.orders[-1].max_fee == Msat(1_500)
    assert (result["state"], result["instruction_type"]) == ("settled", "bolt11")
    assert (result["amount"], result["fees_paid"]) == (21_000, 1_000)
    assert result["preimage"] == preimage_hex(3)
    assert result["transaction_id"] == result["payment_hash"] == _hash(3).hex()


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"payment": "bitcoin:?lightning=INVOICE&req-pop=x%3a"}, "BAD_REQUEST"),
        ({"payment": "bitcoin:?lightning=INVOICE", "payer_note": "hi"}, "BAD_REQUEST"),
        ({"payment": "bitcoin:?lightning=INVOICE", "amount": 20_000}, "BAD_REQUEST"),
        ({"payment": "bitcoin:?amount=0.5&lightning=INVOICE"}, "BAD_REQUEST"),
        ({"payment": "bitcoin:?lno=lno1xyz"}, "UNSUPPORTED_PAYMENT_INSTRUCTION"),
        ({"payment": "bitcoin:?lightning=lnurl1xyz"}, "UNSUPPORTED_PAYMENT_INSTRUCTION"),
        ({"payment": "bitcoin:?lightning=OTHERNET"}, "UNSUPPORTED_NETWORK"),
        ({"payment": "INVOICE"}, "BAD_REQUEST"),
        ({}, "BAD_REQUEST"),
    ],
)
async def test_pay_refuses_what_it_must_before_anything_is_held(
    desk: Desk, served: Served, params: dict[str, object], code: str
) -> None:
    app = app_of(desk)
    if "payment" in params:
        payment = str(params["payment"]).replace("INVOICE", make_invoice(4))
        other = make_invoice(4, network=Network.MAINNET)
        params = {**params, "payment": payment.replace("OTHERNET", other)}
    assert code_of(await app.ask("pay", params)) == code
    assert desk.wallet.orders == []
    assert served.store.entries() == []


async def test_a_payment_without_an_invoice_is_known_before_it_is_begun(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    params = {
        "pubkey": NODE.point.hex(),
        "amount": 4_000,
        "tlv_records": [{"type": 696_969, "value": "6869"}],
    }
    result = (await app.ask("pay_keysend", params))["result"]
    (sent,) = desk.wallet.keysends
    assert sent.records == ((696_969, b"hi"),)
    assert sent.preimage is not None
    assert result["preimage"] == sent.preimage.hex()
    own = await app.ask(
        "pay_keysend", {"pubkey": NODE.point.hex(), "amount": 1, "preimage": "07" * 32}
    )
    assert own["result"]["preimage"] == "07" * 32
    low = {**params, "tlv_records": [{"type": 5, "value": "00"}]}
    assert code_of(await app.ask("pay_keysend", low)) == "OTHER"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (FailureReason.NO_ROUTE, "PAYMENT_FAILED"),
        (FailureReason.NO_BALANCE, "INSUFFICIENT_BALANCE"),
        (FailureReason.FEE_OVER_LIMIT, "PAYMENT_FAILED"),
    ],
)
async def test_a_certain_failure_is_told_and_gives_the_budget_back(
    desk: Desk, served: Served, reason: FailureReason, code: str
) -> None:
    desk.wallet.how = reason
    app = app_of(desk)
    answer = await app.ask("pay_invoice", pay())
    assert code_of(answer) == code
    assert answer["error"]["message"].endswith("Nothing was paid.")
    (view,) = served.connections.connections()
    assert view.spending.used == Msat(0)
    found = await app.ask("lookup_invoice", {"payment_hash": _hash(1).hex()})
    assert found["result"]["state"] == "failed"
    # It is certain that nothing moves: the same invoice may be tried again.
    desk.wallet.how = "succeed"
    assert (await app.ask("pay_invoice", pay()))["result"]["preimage"] == preimage_hex()


async def test_with_max_fee_too_low_pay_says_so(desk: Desk, served: Served) -> None:
    desk.wallet.how = FailureReason.FEE_OVER_LIMIT
    app = app_of(desk)
    link = f"bitcoin:?lightning={make_invoice(3)}"
    answer = await app.ask("pay", {"payment": link, "max_fee": 0})
    assert code_of(answer) == "FEE_LIMIT_EXCEEDED"


async def test_over_budget_nothing_is_asked_of_the_wallet(desk: Desk, served: Served) -> None:
    app = app_of(desk, budget=Msat(20_999))
    assert code_of(await app.ask("pay_invoice", pay())) == "QUOTA_EXCEEDED"
    assert desk.wallet.orders == []
    (connection,) = served.book.connections()
    served.connections.set_budget(connection.id, Msat(21_000), connection.period)
    desk.wallet.fee = Msat(0)
    assert (await app.ask("pay_invoice", pay()))["result"]
    # What is left beside the amount is all that the way may cost.
    assert desk.wallet.orders[-1].max_fee == Msat(0)


async def test_our_own_invoice_is_refused(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    own = make_invoice(5, key=FAN)
    served.methods._facts = lambda: InfoResult(pubkey=NodeId(FAN.point))
    assert code_of(await app.ask("pay_invoice", {"invoice": own})) == "OTHER"
    assert desk.wallet.orders == []


async def test_without_a_fee_limit_of_the_wallet_no_budget_is_promised(
    desk: Desk, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(desk.wallet), "capabilities", frozenset())
    app = app_of(desk)
    assert code_of(await app.ask("pay_invoice", pay())) == "RESTRICTED"
    free = app_of(desk, name="Free", budget=None)
    assert (await free.ask("pay_invoice", pay()))["result"]


# -- nothing certain ------------------------------------------------------------------------------


async def test_an_unknown_end_is_never_told_as_a_failure(
    desk: Desk, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nwc_server, "_ANSWER_SECONDS", 0.02)
    monkeypatch.setattr("tipdesk.services.nwc_orders._LOOK_UP_SECONDS", (0.01, 0.01))
    desk.wallet.how = "silent"
    app = app_of(desk)
    event = app.send("pay_invoice", pay())
    await until(lambda: desk.wallet.lookups > 3)
    await asyncio.sleep(0.05)
    assert app.answers(event.id) == []
    (view,) = served.connections.connections()
    assert view.spending.used == Msat(24_000)
    found = await app.ask("lookup_invoice", {"invoice": make_invoice()})
    assert found["result"]["state"] == "pending"
    # `pay` has a word for it.
    said = await app.ask("pay", {"payment": f"bitcoin:?lightning={make_invoice()}"})
    assert said["result"]["state"] == "pending"
    assert "preimage" not in said["result"]
    desk.wallet.known[_hash(1)] = desk.wallet.success(desk.wallet.orders[0])
    assert (await app.answer(event))["result"]["preimage"] == preimage_hex()
    assert len(desk.wallet.orders) == 1


async def test_a_wallet_that_breaks_off_is_asked_what_became_of_it(
    desk: Desk, served: Served
) -> None:
    desk.wallet.how = "broken"
    app = app_of(desk)
    assert (await app.ask("pay_invoice", pay()))["result"]["preimage"] == preimage_hex()
    assert len(desk.wallet.orders) == 1


async def test_one_payment_hash_is_ordered_once_whoever_asks(desk: Desk, served: Served) -> None:
    first, second = app_of(desk), app_of(desk, name="Other")
    events = [(app, app.send("pay_invoice", pay())) for app in (first, second, first)]
    for app, event in events:
        assert (await app.answer(event))["result"]["preimage"] == preimage_hex()
    assert len(desk.wallet.orders) == 1
    used = {view.connection.name: view.spending.used for view in served.connections.connections()}
    assert used == {"Amethyst": Msat(22_000), "Other": Msat(0)}
    found = await second.ask("lookup_invoice", {"invoice": make_invoice()})
    assert found["result"]["state"] == "settled"


async def test_what_the_person_paid_is_joined_and_costs_the_app_nothing(
    desk: Desk, served: Served
) -> None:
    paid = Succeeded(
        payment_hash=_hash(1),
        preimage=preimage_of(1),
        amount=Msat(21_000),
        fee=Msat(7),
        route=(),
        settled_at=desk.clock.now(),
    )
    desk.wallet.known[_hash(1)] = Unknown(_hash(1))
    app = app_of(desk)
    event = app.send("pay_invoice", pay())
    await until(lambda: served.store.orders_under_way())
    desk.wallet.known[_hash(1)] = paid
    assert (await app.answer(event))["result"] == {"preimage": preimage_hex(), "fees_paid": 7}
    assert desk.wallet.orders == []
    assert served.store.entries() == []


async def test_another_amount_for_a_known_hash_is_refused(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    await app.ask("pay_invoice", pay())
    twisted = make_invoice(1, amount=Msat(22_000))
    assert code_of(await app.ask("pay_invoice", {"invoice": twisted})) == "OTHER"
    assert len(desk.wallet.orders) == 1


# -- being paid -----------------------------------------------------------------------------------


async def test_an_invoice_is_made_and_its_payment_told_to_its_maker_alone(
    desk: Desk, served: Served
) -> None:
    app, other = app_of(desk), app_of(desk, name="Other")
    made = (await app.ask("make_invoice", {"amount": 7_000, "description": "tea"}))["result"]
    assert (made["type"], made["state"], made["amount"]) == ("incoming", "pending", 7_000)
    assert made["description"] == "tea"
    by_hash = {"payment_hash": made["payment_hash"]}
    assert (await app.ask("lookup_invoice", by_hash))["result"]["state"] == "pending"
    assert code_of(await other.ask("lookup_invoice", by_hash)) == "NOT_FOUND"
    desk.wallet.be_paid(next(iter(desk.wallet.issued)))
    await until(lambda: app.told)
    assert app.told[0]["notification_type"] == "payment_received"
    assert app.told[0]["notification"]["state"] == "settled"
    assert other.told == []
    assert (await app.ask("lookup_invoice", by_hash))["result"]["state"] == "settled"
    (line,) = served.purse.payments()
    assert line.description == "Amethyst: tea"


async def test_an_invoice_lives_a_week_at_the_most_and_holds_no_novel(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    made = (await app.ask("make_invoice", {"amount": 1, "expiry": 10**9}))["result"]
    assert made["expires_at"] - made["created_at"] == 7 * 24 * 3_600
    long = {"amount": 1, "description": "x" * 640}
    assert code_of(await app.ask("make_invoice", long)) == "OTHER"


async def test_what_was_paid_while_nobody_listened_is_told_at_the_next_start(desk: Desk) -> None:
    async with desk.running():
        app = app_of(desk)
        await app.ask("make_invoice", {"amount": 7_000})
    desk.wallet.be_paid(next(iter(desk.wallet.issued)), tell=False)
    desk.close()
    desk.open()
    async with desk.running():
        await until(lambda: app.told)
    assert app.told[0]["notification_type"] == "payment_received"


# -- lists ----------------------------------------------------------------------------------------


async def test_a_list_holds_what_the_connection_did_and_nothing_else(
    desk: Desk, served: Served
) -> None:
    app, other = app_of(desk), app_of(desk, name="Other")
    await other.ask("pay_invoice", pay(9))
    for number in (1, 2):
        desk.clock.pass_ms(1_000)
        await app.ask("pay_invoice", pay(number))
    desk.clock.pass_ms(1_000)
    await app.ask("make_invoice", {"amount": 7_000})
    listed = (await app.ask("list_transactions"))["result"]["transactions"]
    assert [one["payment_hash"] for one in listed] == [_hash(2).hex(), _hash(1).hex()]
    unpaid = (await app.ask("list_transactions", {"unpaid": True}))["result"]["transactions"]
    assert [one["type"] for one in unpaid] == ["incoming", "outgoing", "outgoing"]
    second = await app.ask("list_transactions", {"limit": 1, "offset": 1})
    assert [one["payment_hash"] for one in second["result"]["transactions"]] == [_hash(1).hex()]
    incoming = await app.ask("list_transactions", {"type": "incoming"})
    assert incoming["result"]["transactions"] == []
    at = listed[0]["created_at"]
    exact = await app.ask("list_transactions", {"from": at, "until": at})
    assert [one["payment_hash"] for one in exact["result"]["transactions"]] == [_hash(2).hex()]


async def test_a_page_never_outgrows_what_relays_take(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    for _ in range(21):
        await app.ask("make_invoice", {"amount": 1_000, "description": "\N{SNOWMAN}" * 200})
    for invoice in served.store.unpaid_invoices():
        served.store._db.write(
            "UPDATE connection_invoices SET invoice = ? WHERE payment_hash = ?",
            ("l" * 7_000, bytes(invoice.payment_hash)),
        )
    event = app.send("list_transactions", {"unpaid": True, "limit": 500})
    listed = (await app.answer(event))["result"]["transactions"]
    assert len(listed) == 20
    assert any("invoice" in one for one in listed)
    assert not all("invoice" in one for one in listed)
    assert len(json.dumps(listed, ensure_ascii=False).encode()) < 62_000


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("age", [61, -61, 300])
async def test_a_request_from_another_time_does_nothing(
    desk: Desk, served: Served, age: int
) -> None:
    app = app_of(desk)
    assert code_of(await app.ask("pay_invoice", pay(), age=age)) == "OTHER"
    assert desk.wallet.orders == []


async def test_a_request_of_a_minute_ago_is_still_good(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    assert (await app.ask("pay_invoice", pay(), age=60))["result"]


@pytest.mark.parametrize("how", [{"age": 700}, {"expiration": 1}, {"age": -700}])
async def test_what_nobody_waits_for_gets_no_answer(
    desk: Desk, served: Served, how: dict[str, int]
) -> None:
    app = app_of(desk)
    event = app.send("pay_invoice", pay(), **how)
    await app.ask("get_info")
    assert app.answers(event.id) == []
    assert desk.wallet.orders == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("pay_invoice", {"invoice": "x"}),
        ("pay", {"payment": "x"}),
        ("pay_keysend", {}),
        ("make_invoice", {"amount": 1}),
        ("lookup_invoice", {"payment_hash": "00" * 32}),
        ("list_transactions", {}),
        ("get_balance", {}),
    ],
)
async def test_what_is_not_allowed_is_restricted(
    desk: Desk, served: Served, method: str, params: dict[str, object]
) -> None:
    app = app_of(desk, permissions=EVERYTHING - {connection._NEEDED[Method(method)]})
    assert code_of(await app.ask(method, params)) == "RESTRICTED"


async def test_unknown_methods_are_not_implemented(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    assert code_of(await app.ask("make_hold_invoice")) == "NOT_IMPLEMENTED"


async def test_revoked_and_expired_connections_are_unauthorized(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    short = app_of(desk, name="Short", expires_at=desk.clock.now().plus_ms(5_000))
    assert (await short.ask("get_info"))["result"]
    served.connections.revoke(served.book.connections()[0].id)
    assert code_of(await app.ask("get_info")) == "UNAUTHORIZED"
    desk.clock.pass_ms(5_000)
    assert code_of(await short.ask("pay_invoice", pay())) == "UNAUTHORIZED"
    assert desk.wallet.orders == []


async def test_revoked_in_the_middle_a_payment_goes_on_to_its_true_end(
    desk: Desk, served: Served
) -> None:
    desk.wallet.how = "silent"
    app = app_of(desk)
    event = app.send("pay_invoice", pay())
    await until(lambda: desk.wallet.orders)
    served.connections.revoke(served.book.connections()[0].id)
    desk.wallet.known[_hash(1)] = desk.wallet.success(desk.wallet.orders[0])
    assert (await app.answer(event))["result"]["preimage"] == preimage_hex()
    (view,) = served.connections.connections()
    assert view.spending.used == Msat(22_000)
    assert code_of(await app.ask("pay_invoice", pay(2))) == "UNAUTHORIZED"


async def test_old_encryption_is_refused(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    old: dict[str, Any] = {"encryption": Encryption.NIP04, "content": "AAAA?iv=AAAA"}
    assert code_of(await app.ask("get_info", **old)) == "UNSUPPORTED_ENCRYPTION"
    # Without the tag, but encrypted as NIP-44 has it.
    assert (await app.ask("get_info", encryption=Encryption.NIP04))["result"]


async def test_other_keys_and_damaged_contents_get_no_answer(desk: Desk, served: Served) -> None:
    app, other = app_of(desk), app_of(desk, name="Other")
    damaged = app.send("get_info", content="A" * 200)
    # Signed by one app and addressed to the key of the other's connection.
    mixed = App(desk, replace(app.link, pubkey=other.link.pubkey)).request("get_info")
    served.server._on_event(mixed)
    await app.ask("get_info")
    assert app.answers(damaged.id) == []
    assert not any(event.first("e") == mixed.id.hex() for event, _ in desk.relays.published)


async def test_too_many_requests_at_once_are_told_so(
    desk: Desk, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nwc_server, "AT_ONCE", 2)
    monkeypatch.setattr(nwc_server, "_REFUSED_AT_ONCE", 1)
    desk.wallet.how = "silent"
    app = app_of(desk)
    events = [app.send("pay_invoice", pay(number)) for number in (1, 2, 3, 4)]
    assert code_of(await app.answer(events[2])) == "RATE_LIMITED"
    await until(lambda: len(desk.wallet.orders) == 2)
    assert app.answers(events[3].id) == []
    # Another app is not held up by it.
    assert (await app_of(desk, name="Other").ask("get_info"))["result"]


async def test_an_event_that_comes_over_several_relays_acts_once(
    desk: Desk, served: Served
) -> None:
    app = app_of(desk)
    event = app.send("make_invoice", {"amount": 1_000})
    desk.relays.deliver(event, event)
    await app.answer(event)
    assert len(desk.wallet.issued) == 1
    assert len(app.answers(event.id)) == 1


async def test_params_that_cannot_be_read_are_a_bad_request(desk: Desk, served: Served) -> None:
    app = app_of(desk)
    assert code_of(await app.ask("pay_invoice", {"invoice": 7})) == "OTHER"
    assert code_of(await app.ask("make_invoice", {"amount": -1})) == "OTHER"
    assert code_of(await app.ask("lookup_invoice", {})) == "OTHER"
    assert served.store.orders_under_way() == []


# -- after a restart ------------------------------------------------------------------------------


async def test_a_replay_after_a_restart_pays_nothing_and_owes_the_answer(desk: Desk) -> None:
    desk.relays.accepts = lambda _: False
    async with desk.running():
        app = app_of(desk)
        event = app.send("pay_invoice", pay())
        await until(lambda: app.answers(event.id))
    desk.relays.accepts = lambda _: True
    desk.relays.published.clear()
    desk.close()
    desk.open()
    async with desk.running():
        desk.relays.deliver(event)
        assert (await app.answer(event))["result"]["preimage"] == preimage_hex()
        await app.ask("get_info")
        assert len(app.answers(event.id)) == 1
    desk.close()
    desk.open()
    async with desk.running():
        desk.relays.deliver(event)
        await app.ask("get_info")
        assert len(app.answers(event.id)) == 1
    assert len(desk.wallet.orders) == 1


async def test_what_was_refused_is_not_paid_when_it_comes_again_after_a_restart(
    desk: Desk,
) -> None:
    async with desk.running():
        app = app_of(desk, budget=Msat(20_000))
        event = app.send("pay_invoice", pay())
        future = app.send("pay_invoice", pay(2), age=-90)
        assert code_of(await app.answer(event)) == "QUOTA_EXCEEDED"
        assert code_of(await app.answer(future)) == "OTHER"
    desk.crash()
    desk.open()
    (connection,) = desk.served.book.connections()
    desk.served.connections.set_budget(connection.id, None, connection.period)
    desk.clock.pass_ms(50_000)
    async with desk.running():
        desk.relays.deliver(event, future)
        await app.ask("get_info")
        await asyncio.sleep(0.01)
    assert desk.wallet.orders == []


async def test_requests_are_forgotten_when_they_are_too_old_to_act(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nwc_server, "_MINUTE", 0.01)
    async with desk.running() as served:
        app = app_of(desk)
        event = app.send("pay_invoice", pay())
        await app.answer(event)
        assert served.store.request(event.id)
        desk.clock.pass_ms(nwc_server.FORGOTTEN_MS + 1)
        await until(lambda: served.store.request(event.id) is None)
        order = served.store.order(event.id)
        assert order is not None
        assert order.state is OrderState.PAID


# -- tips through a provider ----------------------------------------------------------------------


async def test_an_invoice_of_a_provider_of_tips_is_expected_as_a_tip_and_in_no_line_of_its_own(
    desk: Desk, served: Served
) -> None:
    expected: list[PaymentHash] = []
    served.methods._brings_tip = lambda created, _: expected.append(created.payment_hash)
    provider = frozenset({Permission.INVOICE, Permission.TIPS})
    app = app_of(desk, permissions=provider)
    shop = app_of(desk, name="Shop", permissions=frozenset({Permission.INVOICE}))
    made = (await app.ask("make_invoice", {"amount": 5_000}))["result"]
    assert expected == [PaymentHash(bytes.fromhex(made["payment_hash"]))]
    assert not served.purse.payments()
    await shop.ask("make_invoice", {"amount": 5_000})
    assert len(expected) == 1
    assert len(served.purse.payments()) == 1
