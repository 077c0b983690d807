"""Every decoder of foreign or stored bytes, with valid examples to damage."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bdkpython as bdk
import dns.message
import dns.name
import dns.rrset
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.channels import Pair
from tests.classes.gossip import CHAIN, NOW, channel, update
from tests.strategies.wire import any_message
from tests.vectors import bip353_proofs
from tests.vectors import test_bolt11_examples as bolt11_examples
from tests.vectors import test_bolt12_offers as offer_examples
from tests.vectors import test_bolt12_payer_proofs as proof_examples
from tests.vectors import test_bolt12_wallets as bolt12_examples
from tipdesk.adapters.chain import answers
from tipdesk.adapters.net import name_server, payment_names
from tipdesk.adapters.net.dns_records import Kind
from tipdesk.adapters.net.socks import SocksSession
from tipdesk.adapters.storage.routes import decode_route, encode_route
from tipdesk.adapters.wallet import change_set
from tipdesk.app import config
from tipdesk.base import strict_json
from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, DecodeError, PeerError, RequestError, StorageError
from tipdesk.base.ids import NodeId, PaymentSecret, ShortChannelId, Txid, XOnlyPubkey
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.bitcoin import address as bitcoin_address
from tipdesk.bitcoin.block import Header, merkle_root
from tipdesk.bitcoin.facts import MerkleProof
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tracker import check_proof
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto import bech32
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import backup, codec
from tipdesk.lightning.channel.state import Opening, inner
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.gossip import announce, snapshot
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.sync import decode_scids, encode_scids
from tipdesk.lightning.invoice import (
    bolt11,
    bolt12,
    bolt12_text,
    invoice_error,
    invoice_request,
    offer,
    payer_proof,
)
from tipdesk.lightning.onion_message import message as onion_message
from tipdesk.lightning.routing.query import Hop, Route
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.sphinx import attribution, packet, recipient_data
from tipdesk.lightning.sphinx import errors as sphinx_errors
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.sphinx.payload import (
    FinalPayload,
    ForwardPayload,
    decode_final,
    decode_forward,
)
from tipdesk.lightning.sphinx.recipient_data import (
    PaymentConstraints,
    PaymentRelay,
    RecipientData,
)
from tipdesk.lightning.wire import failures, message, registry, tlv
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lnurl import address as lnurl_address
from tipdesk.lnurl import bip353
from tipdesk.lnurl import codec as lnurl_codec
from tipdesk.lnurl import pay as lnurl_pay
from tipdesk.node.opening import parse_peer
from tipdesk.nostr import (
    event,
    feed,
    frames,
    nip10,
    nip19,
    nip47,
    nip47_asking,
    nip47_link,
    nip47_paying,
    nip57,
    profile,
)
from tipdesk.nostr.nip47_transaction import Transaction as WalletTransaction
from tipdesk.ports.names import read_name_server
from tipdesk.tips.payment_ask import find_payable, request_text
from tipdesk.tips.person import recognise

REFUSALS = (DecodeError, BackendError, PeerError, RequestError, StorageError)
"""What a decoder may raise: each names what is wrong with what came from outside."""
KEY = PrivateKey(sha256(b"fuzz"))
NODE = NodeId(KEY.point)
PUBKEY = XOnlyPubkey(KEY.point[1:])


@dataclass(frozen=True, slots=True)
class Decoder:
    """Something that reads what others wrote."""

    name: str
    read: Callable[[bytes], object]
    examples: tuple[bytes, ...]


def _texts(*examples: str) -> tuple[bytes, ...]:
    return tuple(example.encode() for example in examples)


def _of_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "replace"))


def wire_examples(count: int = 60) -> tuple[bytes, ...]:
    """Messages of every kind."""
    found: list[bytes] = []

    @seed(1)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(any_message)
    def collect(value: message.Message) -> None:
        found.append(message.encode(value))

    collect()
    return tuple(found)


TRANSACTION = Transaction(
    2,
    (TxIn(OutPoint(Txid(b"\x01" * 32), 1), 5, b"\x51", (b"", b"\x30" * 71, bytes(33))),),
    (TxOut(Sat(5_000), b"\x00\x14" + bytes(20)), TxOut(Sat(1), b"\x6a")),
    700_000,
)
_BRANCH = [bytes(32), b"\x05" * 32]
_PROOF = (
    bytes(36)
    + merkle_root(TRANSACTION.txid, _BRANCH, 1)
    + bytes(12)
    + (1).to_bytes(4, "big")
    + (5).to_bytes(4, "big")
    + b"".join(_BRANCH)
)


def _proof(data: bytes) -> object:
    header = Header.parse(data[:80])
    nodes = tuple(data[at : at + 32] for at in range(88, len(data), 32))
    position, height = int.from_bytes(data[80:84], "big"), int.from_bytes(data[84:88], "big")
    check_proof(header, TRANSACTION, MerkleProof(height, position, nodes))
    return header


def _server_answer(data: bytes) -> object:
    found = answers.parse(data)
    for read in (
        answers.txid,
        answers.height,
        answers.branch,
        answers.header,
        answers.raw,
        lambda value: answers.transaction(TRANSACTION.txid, answers.raw(value)),
        lambda value: [
            answers.txid(answers.table(item)["tx_hash"]) for item in answers.items(value)
        ],
    ):
        try:
            read(found)
        except (BackendError, KeyError):
            continue
    return found


def _proxy_answers(data: bytes) -> object:
    session = SocksSession("a.example", 443, user=b"a.example", password=b"secret")
    while not session.is_done and len(data) >= session.wanted:
        part, data = data[: session.wanted], data[session.wanted :]
        session.receive_data(part)
    return session.is_done


_NAME_QUERY = name_server._query(dns.name.from_text("a.example."), Kind.TXT)
_NAME_ANSWER = dns.message.make_response(_NAME_QUERY)
_NAME_ANSWER.answer.append(
    dns.rrset.from_text("a.example.", 1, "IN", "TXT", '"bitcoin:?lno=lno1"', '"x"')
)


def _name_answer(data: bytes) -> object:
    return name_server._answer(_NAME_QUERY, data)


def _proof_of_name(data: bytes) -> object:
    # While its signatures held.
    now = Instant.from_unix_seconds(1_754_654_400)
    return payment_names.check_proof(data, bip353_proofs.WILDCARD[0], now)


def _stored_channel() -> tuple[Decoder, ...]:
    pair = Pair(Msat(400_000_000))
    pair.open()
    for number in range(3):
        pair.alice.add(number, Msat(5_000_000))
    pair.deliver()
    state = pair.alice.state
    assert not isinstance(state, Opening)
    live = inner(state)
    htlcs = live.commitments.htlcs
    sealed = backup.seal_backup(
        [backup.ChannelBackup(live.terms, "127.0.0.1", 9735)], bytes(32), bytes(backup.NONCE_LENGTH)
    )
    return (
        Decoder("stored terms", codec.decode_terms, (codec.encode_terms(live.terms),)),
        Decoder(
            "stored head",
            lambda data: codec.decode_head(data, live.terms, htlcs),
            (codec.encode_head(state),),
        ),
        Decoder(
            "stored HTLC", codec.decode_htlc, tuple(codec.encode_htlc(h) for h in htlcs.values())
        ),
        Decoder("backup", lambda data: backup.open_backup(data, bytes(32)), (sealed,)),
    )


def _graph() -> bytes:
    graph = Graph(CHAIN)
    for block in range(100, 105):
        graph.apply_channel(channel(block, block % 3, 3), None)
        graph.apply_update(update(block), NOW)
    return snapshot.export_graph(graph)


def _graph_with_its_checksum(data: bytes) -> object:
    # Whoever damages a file could mend its checksum: what lies behind it is fuzzed too.
    return snapshot.import_graph(_GRAPH[: -len(_GRAPH_BODY) - 32] + sha256(data) + data)


_GRAPH = _graph()
_GRAPH_BODY = _GRAPH[len(b"tipdesk-graph-2\n") + 32 :]
_ROUTE = Route(
    source=NODE,
    hops=tuple(
        Hop(
            node_id=NODE,
            short_channel_id=ShortChannelId.of(1, n, 0),
            amount=Msat(1),
            cltv_delta=CltvDelta(1),
        )
        for n in range(3)
    ),
)
_ONION = packet.build(
    PrivateKey(sha256(b"session")),
    (
        (
            NODE,
            ForwardPayload(
                amt_to_forward=Msat(1),
                outgoing_cltv_value=BlockHeight(5),
                short_channel_id=ShortChannelId.of(1, 1, 1),
            ).encode(),
        ),
        (NODE, bytes([2, 2, 1])),
    ),
    bytes(32),
)
_FINAL = FinalPayload(
    amt_to_forward=Msat(5_000),
    outgoing_cltv_value=BlockHeight(700),
    payment_secret=PaymentSecret(bytes(32)),
    total_msat=Msat(9_000),
).encode()
_FORWARD = ForwardPayload(
    amt_to_forward=Msat(5_000),
    outgoing_cltv_value=BlockHeight(700),
    short_channel_id=ShortChannelId.of(1, 2, 3),
).encode()
_RECIPIENT_DATA = RecipientData(
    short_channel_id=ShortChannelId.of(1, 2, 3),
    path_id=bytes(32),
    payment_relay=PaymentRelay(
        cltv_expiry_delta=CltvDelta(40), fee_proportional_millionths=100, fee_base_msat=1_000
    ),
    payment_constraints=PaymentConstraints(
        max_cltv_expiry=BlockHeight(900), htlc_minimum_msat=Msat(1)
    ),
).encode(120)
_PATH = onion_message.reply_path(PrivateKey(b"\x31" * 32), [NodeId(KEY.point)], bytes(32))
_ONION_MESSAGE = onion_message.write(
    PrivateKey(b"\x32" * 32),
    onion_message.way_over(PrivateKey(b"\x33" * 32), [], NodeId(KEY.point)),
    onion_message.Content(onion_message.Kind.INVOICE_REQUEST, b"please"),
    _PATH,
)


def _read_onion_message(data: bytes) -> onion_message.HandOn | onion_message.Received:
    given = OnionMessage(path_key=_ONION_MESSAGE.path_key, onion_message_packet=data)
    return onion_message.read(KEY, given)


def _signed(kind: int, content: str, tags: tuple[tuple[str, ...], ...] = ()) -> event.Event:
    unsigned = event.UnsignedEvent(
        pubkey=PUBKEY, created_at=1_780_000_000, kind=kind, tags=tags, content=content
    )
    return event.sign(unsigned, KEY, bytes(32))


_POST = _signed(
    1, "hello \U0001f600", (("e", "00" * 32, "wss://relay.example", "reply"), ("p", "11" * 32))
)
_PROFILE = _signed(0, json.dumps({"name": "a", "lud16": "a@b.example", "picture": "https://b/p"}))
_ZAP = _signed(
    9734, "thanks", (("p", "11" * 32), ("amount", "1000"), ("relays", "wss://a.example"))
)
_RECEIPT = _signed(
    9735,
    "",
    (("p", "11" * 32), ("bolt11", "lnbcrt1"), ("description", frames.render_event(_ZAP))),
)


def _event_uses(data: bytes) -> object:
    found = event.parse(data)
    nip10.replied_to(found)
    feed.parse_post(found)
    for read in (profile.parse_profile, lambda e: nip57.read_zap_request(frames.render_event(e))):
        try:
            read(found)
        except DecodeError:
            continue
    return found


_ENTITIES = _texts(
    nip19.encode_npub(PUBKEY),
    nip19.encode_note(_POST.id),
    nip19.encode_nprofile(nip19.ProfilePointer(PUBKEY, ("wss://relay.example",))),
)


def _entity(text: str) -> object:
    for read in (nip19.decode_npub, nip19.decode_note, nip19.decode_nprofile, nip19.decode_nevent):
        try:
            return read(text)
        except DecodeError:
            continue
    return nip19.decode_nsec(text)


_WALLET_LINK = nip47_link.WalletConnectLink(
    pubkey=PUBKEY, relays=("wss://relay.example",), secret=bytes(31) + b"\x01", lud16="a@b.example"
)


def _wallet_answer(data: bytes) -> object:
    found = nip47.read_response(data.decode("utf-8", "replace"))
    for read in (
        WalletTransaction.read,
        nip47_paying.Paid.read,
        nip47_paying.PayResult.read,
        nip47_asking.Transactions.read,
        nip47_asking.InfoResult.read,
    ):
        try:
            read(found.result)
        except DecodeError:
            continue
    return found


def _settings(text: str) -> object:
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    return config.from_table(table, "fuzz")


def every() -> tuple[Decoder, ...]:
    """All of them."""
    invoices = _texts(*bolt11_texts())
    return (
        Decoder("message", registry.decode, wire_examples()),
        Decoder("TLV stream", tlv.read_stream, (_FINAL, b"\x01\x01\x05\x03\x00")),
        Decoder("final payload", decode_final, (_FINAL,)),
        Decoder("forward payload", decode_forward, (_FORWARD,)),
        Decoder("recipient data", recipient_data.decode, (_RECIPIENT_DATA,)),
        Decoder("blinded path", lambda data: BlindedPath.read(Reader(data)), (_PATH.encode(),)),
        Decoder("onion message", _read_onion_message, (_ONION_MESSAGE.onion_message_packet,)),
        Decoder("onion", lambda d: packet.peel(d, KEY, bytes(32)), (_ONION.packet,)),
        Decoder(
            "failure onion",
            lambda d: sphinx_errors.read_failure([bytes(32), b"\x01" * 32], d),
            (sphinx_errors.create_failure(bytes(32), b"\x20\x02"),),
        ),
        Decoder(
            "attribution data",
            lambda d: attribution.read_hold_times([bytes(32), b"\x01" * 32], d, d),
            (attribution.add_hold_time(bytes(32), 100, b""),),
        ),
        Decoder(
            "failure",
            failures.decode,
            (b"\x10\x07\x00\x02ab", b"\x40\x0f" + bytes(12), b"\x40\x16\x02\x00\x05"),
        ),
        Decoder("invoice", _of_text(bolt11.decode), invoices),
        *_bolt12(),
        Decoder("bech32", _of_text(lambda t: bech32.decode(t, maximum=2_000)), invoices),
        Decoder("short channel ids", decode_scids, (encode_scids([1, 2, 3]),)),
        Decoder("addresses", announce.first_ip_address, (b"\x01\x7f\x00\x00\x01\x26\x07",)),
        Decoder("features", FeatureBits.from_bytes, (b"\x08\x8a\x51\xa1",)),
        Decoder("transaction", Transaction.parse, (TRANSACTION.serialize(),)),
        Decoder("header", Header.parse, (bytes(80), b"\xff" * 80)),
        Decoder("merkle proof", _proof, (_PROOF,)),
        Decoder(
            "address",
            _of_text(lambda t: bitcoin_address.to_script_pubkey(t, Network.MAINNET)),
            _texts(
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
            ),
        ),
        Decoder(
            "payment name",
            _of_text(bip353.parse_name),
            _texts("\u20bfana@example.com", "a.x_b@c_d.example"),
        ),
        Decoder(
            "name server", _of_text(read_name_server), _texts("https://a.example/q", "9.9.9.9")
        ),
        Decoder("name's proof", _proof_of_name, (bip353_proofs.WILDCARD[1],)),
        Decoder("name server's answer", _name_answer, (_NAME_ANSWER.to_wire(),)),
        Decoder(
            "SOCKS proxy",
            _proxy_answers,
            (b"\x05\x02\x01\x00\x05\x00\x00\x03\x02ab\x00\x00", b"\x05\x00\x05\x04\x00\x01"),
        ),
        Decoder(
            "chain server's answer",
            _server_answer,
            _texts(
                json.dumps([{"tx_hash": "00" * 32, "height": 5}]),
                json.dumps(TRANSACTION.serialize().hex()),
                json.dumps({"merkle": ["00" * 32], "pos": 1, "block_height": 5}),
            ),
        ),
        Decoder(
            "LNURL parameters",
            lambda d: lnurl_pay.parse_params(d, Network.MAINNET),
            _texts(
                json.dumps(
                    {
                        "tag": "payRequest",
                        "callback": "https://a.example/cb",
                        "minSendable": 1_000,
                        "maxSendable": 100_000,
                        "metadata": json.dumps([["text/plain", "hi"]]),
                        "allowsNostr": True,
                        "nostrPubkey": bytes(PUBKEY).hex(),
                    }
                ),
                json.dumps({"status": "ERROR", "reason": "no"}),
            ),
        ),
        Decoder(
            "LNURL",
            _of_text(lambda t: lnurl_codec.decode(t, Network.MAINNET)),
            _texts(lnurl_codec.encode("https://a.example/x"), "lnurlp://a.example/x"),
        ),
        Decoder(
            "lightning address",
            _of_text(lambda t: lnurl_address.parse(t, Network.MAINNET)),
            _texts("alice@b.example", "a.b+c@b.example:80"),
        ),
        Decoder("event", _event_uses, tuple(_object(e) for e in (_POST, _PROFILE, _ZAP, _RECEIPT))),
        Decoder(
            "relay's frame",
            frames.parse_relay_frame,
            (
                b'["EVENT","a",' + _object(_POST) + b"]",
                b'["OK","00",true,""]',
                b'["EOSE","a"]',
                b'["NOTICE","x"]',
                b'["CLOSED","a","b"]',
            ),
        ),
        Decoder("wallet link", _of_text(nip47_link.parse_link), _texts(_WALLET_LINK.to_uri())),
        Decoder(
            "wallet's answer",
            _wallet_answer,
            _texts(
                '{"result_type":"pay_invoice","error":{"code":"OTHER","message":"no"}}',
                nip47.Response(
                    result_type="list_transactions",
                    result={
                        "transactions": [{"type": "incoming", "amount": 5, "preimage": "00" * 32}]
                    },
                ).to_text(),
            ),
        ),
        Decoder("Nostr entity", _of_text(_entity), _ENTITIES),
        Decoder(
            "money asked for",
            _of_text(lambda text: find_payable(text, Network.REGTEST)),
            _texts(request_text(Msat(21_000), "tea", invoices[0].decode()), "bitcoin:?lno=lno1qq"),
        ),
        Decoder(
            "way to somebody",
            _of_text(lambda text: recognise(text, Network.MAINNET)),
            (*_ENTITIES, *_texts("\u20bfana@example.com", f"{NODE.hex()}@a.example:9735")),
        ),
        Decoder("JSON", lambda d: strict_json.parse(d, maximum=100_000), (b'{"a":[1,true,"b"]}',)),
        *_stored_channel(),
        Decoder("stored graph", snapshot.import_graph, (_GRAPH,)),
        Decoder("stored graph's body", _graph_with_its_checksum, (_GRAPH_BODY,)),
        Decoder("scores", Scores.from_bytes, (Scores().to_bytes(),)),
        Decoder(
            "wallet change",
            lambda d: change_set.decode(d, bdk.NetworkKind.TEST),
            (change_set.encode(bdk.ChangeSet()),),
        ),
        Decoder(
            "settings", _of_text(_settings), _texts('network = "regtest"\nbalance_cap_sat = 5\n')
        ),
        Decoder(
            "peer's address",
            _of_text(parse_peer),
            _texts(f"{NODE}@127.0.0.1:9735", f"{NODE}@[::1]:1"),
        ),
        Decoder("stored route", decode_route, (encode_route(_ROUTE),)),
    )


def _bolt12() -> tuple[Decoder, ...]:
    texts = (*offer_examples.VALID.values(), *bolt12_examples.TEXTS.values())
    proofs = tuple(proof_examples.PROOFS.values())
    refusal = invoice_error.InvoiceErrorMessage(
        error="no", erroneous_field=82, suggested_value=b"\x05"
    )

    def streams(kind: bolt12_text.Kind) -> tuple[bytes, ...]:
        return tuple(
            bolt12_text.decode(kind, text)
            for text in (*texts, *proofs)
            if bolt12_text.kind_of(text) is kind
        )

    return (
        Decoder("offer's text", _of_text(offer.decode), _texts(*offer_examples.JOINED)),
        Decoder("payer proof's text", _of_text(payer_proof.decode), _texts(*proofs)),
        Decoder("offer", offer.read, streams(bolt12_text.Kind.OFFER)),
        Decoder("invoice request", invoice_request.read, streams(bolt12_text.Kind.INVOICE_REQUEST)),
        Decoder("BOLT 12 invoice", bolt12.read, streams(bolt12_text.Kind.INVOICE)),
        Decoder("payer proof", payer_proof.read, streams(bolt12_text.Kind.PAYER_PROOF)),
        Decoder("invoice error", invoice_error.read, (refusal.to_bytes(),)),
    )


def _object(found: event.Event) -> bytes:
    frame: list[Any] = json.loads(frames.render_event(found))
    return json.dumps(frame[1]).encode()


def bolt11_texts() -> list[str]:
    """The specification's examples."""
    found = vars(bolt11_examples).values()
    return [text for text in found if isinstance(text, str) and text.startswith("lnbc")]
