"""NIP-47: what a client sends and a wallet answers, in events that anybody may have written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.nostr.conftest import Sign
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.nip47 import (
    Encryption,
    ErrorCode,
    Method,
    Notification,
    Request,
    Response,
    ServiceInfo,
    WalletError,
    WrongKind,
    build_info,
    build_notification,
    build_request,
    build_response,
    read_info,
    read_notification,
    read_request,
    read_response,
    request_text,
)
from tipdesk.nostr.nip47_fields import MalformedField

CLIENT, WALLET = (PrivateKey(bytes(31) + bytes([n])) for n in (1, 2))
NOW = 1_800_000_000
names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
values = st.dictionaries(names, st.one_of(st.integers(0, 9), st.text(max_size=9)), max_size=4)


def signed(unsigned: UnsignedEvent, key: PrivateKey) -> Event:
    return nip01.sign(unsigned, key, bytes(32))


@given(
    method=names,
    params=values,
    expiration=st.none() | st.integers(0, 2**40),
    encryption=st.sampled_from(Encryption),
)
def test_what_is_asked_is_what_is_read(
    method: str, params: dict[str, object], expiration: int | None, encryption: Encryption
) -> None:
    text = request_text(method, params)
    unsigned = build_request(
        "sealed",
        client=CLIENT.x_only,
        wallet=WALLET.x_only,
        encryption=encryption,
        created_at=NOW,
        expiration=expiration,
    )
    event = signed(unsigned, CLIENT)
    assert event.first("p") == WALLET.x_only.hex()
    assert read_request(event, text) == Request(
        id=event.id,
        client=CLIENT.x_only,
        method=method,
        params=params,
        created_at=NOW,
        expiration=expiration,
        encryption=encryption,
    )


def test_a_request_has_the_form_of_the_text() -> None:
    assert json.loads(request_text(Method.GET_BALANCE, {})) == {
        "method": "get_balance",
        "params": {},
    }
    unsigned = build_request(
        "sealed",
        client=CLIENT.x_only,
        wallet=WALLET.x_only,
        encryption=Encryption.NIP44_V2,
        created_at=NOW,
        expiration=NOW + 60,
    )
    assert unsigned.kind == 23_194
    assert unsigned.tags == (
        ("p", WALLET.x_only.hex()),
        ("encryption", "nip44_v2"),
        ("expiration", str(NOW + 60)),
    )


def test_a_request_without_the_tag_is_in_the_old_encryption(sign: Sign) -> None:
    text = request_text("get_info", {})
    assert read_request(sign("x", kind=23_194), text).encryption is Encryption.NIP04


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ((("encryption", "nip99"),), request_text("get_info", {})),
        ((("expiration", "soon"),), request_text("get_info", {})),
        ((("expiration", "9" * 13),), request_text("get_info", {})),
        ((), '{"params":{}}'),
        ((), '{"method":"","params":{}}'),
        ((), '{"method":5}'),
        ((), '{"method":"get_info","params":[]}'),
        ((), '["get_info"]'),
        ((), "get_info"),
        ((), '{"method":"get_info","x":"' + "x" * 70_000 + '"}'),
    ],
)
def test_a_request_that_is_none_is_refused(
    sign: Sign, tags: tuple[tuple[str, ...], ...], text: str
) -> None:
    with pytest.raises(DecodeError):
        read_request(sign("x", kind=23_194, tags=tags), text)


def test_events_of_other_kinds_are_refused(sign: Sign) -> None:
    with pytest.raises(WrongKind):
        read_request(sign("x", kind=1), request_text("get_info", {}))
    with pytest.raises(WrongKind):
        read_info(sign("get_info", kind=1))


@given(result_type=names, result=values)
def test_a_result_comes_as_it_went(result_type: str, result: dict[str, object]) -> None:
    response = Response(result_type=result_type, result=result)
    assert read_response(response.to_text()) == response
    assert json.loads(response.to_text())["error"] is None


@pytest.mark.parametrize("code", ErrorCode)
def test_an_error_comes_as_it_went(code: ErrorCode) -> None:
    error = WalletError(code, "no such luck")
    response = Response(result_type="pay_invoice", error=error)
    assert read_response(response.to_text()) == response
    assert json.loads(response.to_text()) == {
        "result_type": "pay_invoice",
        "error": {"code": code.value, "message": "no such luck"},
        "result": None,
    }


def test_an_error_that_is_not_known_is_another_one_with_its_words() -> None:
    read = read_response('{"result_type":"pay_invoice","error":{"code":"WORSE","message":""}}')
    assert read.error == WalletError(ErrorCode.OTHER, "WORSE")
    read = read_response('{"result_type":"x","error":{"message":"a\\nb\\u202e"},"result":{}}')
    assert read.error == WalletError(ErrorCode.OTHER, "a b")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"result_type":"pay_invoice"}',
        '{"result_type":"pay_invoice","result":null,"error":null}',
        '{"result_type":"pay_invoice","result":[]}',
        '{"result_type":"pay_invoice","error":"PAYMENT_FAILED"}',
        '{"result_type":"pay_invoice","error":{"code":5}}',
        '{"result":{}}',
        "[" * 5_000,
        '{"result_type":"get_balance","result":{"x":"' + "x" * 70_000 + '"}}',
    ],
)
def test_an_answer_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        read_response(text)


def test_an_answer_names_the_request_and_the_client() -> None:
    unsigned = build_response(
        "sealed",
        wallet=WALLET.x_only,
        client=CLIENT.x_only,
        request_id=EventId(b"\x07" * 32),
        created_at=NOW,
    )
    assert unsigned.kind == 23_195
    assert unsigned.tags == (("p", CLIENT.x_only.hex()), ("e", "07" * 32))


@pytest.mark.parametrize(
    ("encryption", "kind"), [(Encryption.NIP44_V2, 23_197), (Encryption.NIP04, 23_196)]
)
def test_a_notification_comes_as_it_went(encryption: Encryption, kind: int) -> None:
    told = Notification("payment_received", {"amount": 5})
    assert read_notification(told.to_text()) == told
    unsigned = build_notification(
        "sealed",
        wallet=WALLET.x_only,
        client=CLIENT.x_only,
        encryption=encryption,
        created_at=NOW,
    )
    assert (unsigned.kind, unsigned.tags) == (kind, (("p", CLIENT.x_only.hex()),))
    with pytest.raises(MalformedField):
        read_notification('{"notification":{}}')


@given(
    methods=st.lists(names.filter(lambda n: n != "notifications"), unique=True, max_size=9),
    notifications=st.lists(names, unique=True, max_size=3),
    encryptions=st.sampled_from(
        [
            (Encryption.NIP44_V2,),
            (Encryption.NIP04,),
            (Encryption.NIP44_V2, Encryption.NIP04),
        ]
    ),
)
def test_what_a_wallet_can_do_comes_as_it_went(
    methods: list[str], notifications: list[str], encryptions: tuple[Encryption, ...]
) -> None:
    info = ServiceInfo(
        methods=tuple(methods), notifications=tuple(notifications), encryptions=encryptions
    )
    event = signed(build_info(info, wallet=WALLET.x_only, created_at=NOW), WALLET)
    assert read_info(event) == info


def test_the_info_event_of_the_text_is_read(sign: Sign) -> None:
    info = read_info(
        sign(
            "pay_invoice get_balance make_invoice notifications",
            kind=13_194,
            tags=(
                ("encryption", "nip44_v2 nip04"),
                ("notifications", "payment_received payment_sent"),
            ),
        )
    )
    assert info.methods == ("pay_invoice", "get_balance", "make_invoice")
    assert info.notifications == ("payment_received", "payment_sent")
    assert info.best_encryption is Encryption.NIP44_V2


@pytest.mark.parametrize(
    ("tags", "best"),
    [
        ((), Encryption.NIP04),
        ((("encryption", "nip04"),), Encryption.NIP04),
        ((("encryption", "nip04,nip44_v2"),), Encryption.NIP44_V2),
        ((("encryption", "nip99"),), None),
        ((("encryption", ""),), None),
    ],
)
def test_the_encryption_is_the_best_that_both_know(
    sign: Sign, tags: tuple[tuple[str, ...], ...], best: Encryption | None
) -> None:
    assert read_info(sign("get_info", kind=13_194, tags=tags)).best_encryption is best


def test_a_wallet_that_says_too_much_is_heard_in_part(sign: Sign) -> None:
    many = " ".join(f"method_{number}" for number in range(10_000))
    assert len(read_info(sign(many, kind=13_194)).methods) == 60
    assert read_info(sign("x" * 61 + " pay_invoice", kind=13_194)).methods == ("pay_invoice",)
