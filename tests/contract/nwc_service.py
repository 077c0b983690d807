"""A wallet service of NIP-47 for tests: nostr-sdk signs, encrypts and speaks to the relays.

It shares no code with our client: what goes over the wire is written here as the text has it. Third
parties' invoices are real, and what becomes of a payment of one is decided when it is made.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import nostr_sdk

from tests.contract.wallet_rig import Fate
from tipdesk.base.ids import PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import ALWAYS_REQUIRED, FeatureBits
from tipdesk.lightning.invoice import bolt11
from tipdesk.tips.payment import CreatedInvoice

NODE, THIRD = PrivateKey(b"\x51" * 32), PrivateKey(b"\x52" * 32)
MODERN = "pay pay_invoice make_invoice lookup_invoice list_transactions get_balance get_info"

Params = dict[str, Any]
Answer = dict[str, Any]


class Refusal(Exception):
    """An error of the text."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def fail(code: str, message: str = "no") -> Callable[[Params], Answer]:
    """An answer to be scripted."""

    def answer(_: Params) -> Answer:
        raise Refusal(code, message)

    return answer


@dataclass
class Entry:
    """A transaction in the wallet's records."""

    type: str
    payment_hash: str
    preimage: bytes
    amount: int
    invoice: str = ""
    description: str | None = None
    state: str = "pending"
    fee: int = 0
    expires_at: int | None = None
    created_at: int = field(default_factory=lambda: int(time.time()))
    settled_at: int | None = None
    records: list[Any] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, state: str) -> None:
        self.state = state
        self.settled_at = int(time.time()) if state == "settled" else None
        self.ended.set()

    def told(self) -> Answer:
        is_settled = self.state == "settled"
        return {
            "type": self.type,
            "state": self.state,
            "invoice": self.invoice,
            "description": self.description,
            "preimage": self.preimage.hex() if is_settled else None,
            "payment_hash": self.payment_hash,
            "amount": self.amount,
            "fees_paid": self.fee,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "settled_at": self.settled_at,
            "metadata": {"tlv_records": self.records} if self.records else {},
        }


@dataclass
class Third:
    """What becomes of a payment of a third party's invoice."""

    preimage: bytes
    fate: Fate
    fee: int


class NwcService:
    """One wallet for one client. Its records outlive its connection."""

    def __init__(
        self,
        relays: list[str],
        *,
        methods: str = MODERN,
        encryption: str | None = "nip44_v2 nip04",
        notifications: str = "payment_received",
    ) -> None:
        self.relays = relays
        self.methods = methods
        self.encryption = encryption
        self.notifications = notifications
        self.keys = nostr_sdk.Keys.generate()
        self.client_keys = nostr_sdk.Keys.generate()
        self.entries: dict[str, Entry] = {}
        self.thirds: dict[str, Third] = {}
        self.times_paid: Counter[str] = Counter()
        self.asked: list[tuple[str, Params]] = []
        self.script: dict[str, Callable[[Params], Any]] = {}
        """Instead of the true answer: a result, a `Refusal` raised, or None for silence."""
        self.last: dict[str, tuple[str, bool]] = {}
        """The id of the latest request of each method, and whether it was in NIP-04."""
        self.balance = 1_000_000_000
        self._numbers = iter(range(1, 10**6))
        self._group: asyncio.TaskGroup | None = None
        self._client: nostr_sdk.Client | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def uri(self) -> str:
        rest = "".join(f"&relay={url}" for url in self.relays)
        secret = self.client_keys.secret_key().to_hex()
        return f"nostr+walletconnect://{self.keys.public_key().to_hex()}?secret={secret}{rest}"

    # The connection

    async def start(self) -> None:
        client = nostr_sdk.ClientBuilder().build()
        for url in self.relays:
            await client.add_relay(nostr_sdk.RelayUrl.parse(url))
        await client.connect(and_wait=timedelta(seconds=3))
        wanted = {
            "kinds": [23194],
            "#p": [self.keys.public_key().to_hex()],
            "since": int(time.time()) - 60,
        }
        stream = client.notifications()
        self._client = client
        self._running = asyncio.create_task(self._run(stream))
        target = nostr_sdk.ReqTarget.auto([nostr_sdk.Filter.from_json(json.dumps(wanted))])
        await client.subscribe(target)
        tags = [["notifications", self.notifications]] if self.notifications else []
        if self.encryption is not None:
            tags.append(["encryption", self.encryption])
        await self.publish(13194, self.methods, tags)

    async def stop(self) -> None:
        client, self._client = self._client, None
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        if client is not None:
            await client.shutdown()

    async def publish(
        self,
        kind: int,
        content: str,
        tags: list[list[str]],
        keys: nostr_sdk.Keys | None = None,
        at: int | None = None,
    ) -> None:
        if self._client is None:
            return
        builder = nostr_sdk.EventBuilder(nostr_sdk.Kind(kind), content)
        builder = builder.tags([nostr_sdk.Tag.parse(tag) for tag in tags])
        if at is not None:
            builder = builder.custom_created_at(nostr_sdk.Timestamp.from_secs(at))
        with suppress(nostr_sdk.NostrSdkError):
            await self._client.send_event(builder.finalize(keys or self.keys))

    async def _run(self, stream: Any) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                found = await stream.next()
                if found is None:
                    return
                if found.is_new_event():
                    group.create_task(self._receive(found.event))

    async def _receive(self, event: nostr_sdk.Event) -> None:
        row = json.loads(event.as_json())
        tags = {tag[0]: tag[1] for tag in row["tags"] if len(tag) > 1}
        if row["kind"] != 23194 or row["pubkey"] != self.client_keys.public_key().to_hex():
            return
        if int(tags.get("expiration", "9" * 12)) <= time.time():
            return
        is_old = tags.get("encryption", "nip04") == "nip04"
        secret, theirs = self.keys.secret_key(), self.client_keys.public_key()
        opened = nostr_sdk.nip04_decrypt if is_old else nostr_sdk.nip44_decrypt
        request = json.loads(opened(secret, theirs, row["content"]))
        method, params = request["method"], request["params"]
        self.asked.append((method, params))
        self.last[method] = row["id"], is_old
        try:
            result = await self._do(method, params)
            if result is None:
                return
            answer = {"result_type": method, "error": None, "result": result}
        except Refusal as refusal:
            error = {"code": refusal.code, "message": refusal.message}
            answer = {"result_type": method, "error": error, "result": None}
        await self.answer(row["id"], answer, is_old=is_old)

    async def answer(
        self,
        request_id: str,
        answer: Answer | str,
        *,
        is_old: bool = False,
        keys: nostr_sdk.Keys | None = None,
    ) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        theirs = self.client_keys.public_key()
        tags = [["p", theirs.to_hex()], ["e", request_id]]
        await self.publish(23195, self._sealed(text, is_old, keys), tags, keys)

    async def answer_late(self, method: str, result: Answer) -> None:
        """To the latest request of that method."""
        request_id, is_old = self.last[method]
        whole = {"result_type": method, "error": None, "result": result}
        await self.answer(request_id, whole, is_old=is_old)

    async def notify(self, kind: str, told: Answer, at: int | None = None) -> None:
        text = json.dumps({"notification_type": kind, "notification": told})
        tags = [["p", self.client_keys.public_key().to_hex()]]
        for number, is_old in ((23197, False), (23196, True)):
            await self.publish(number, self._sealed(text, is_old), tags, at=at)

    def _sealed(self, text: str, is_old: bool, keys: nostr_sdk.Keys | None = None) -> str:
        secret, theirs = (keys or self.keys).secret_key(), self.client_keys.public_key()
        if is_old:
            return str(nostr_sdk.nip04_encrypt(secret, theirs, text))
        return str(nostr_sdk.nip44_encrypt(secret, theirs, text, nostr_sdk.Nip44Version.V2))

    # The methods

    async def _do(self, method: str, params: Params) -> Answer | None:
        if method in self.script:
            scripted: Answer | None = self.script[method](params)
            return scripted
        if method not in self.methods.split():
            raise Refusal("NOT_IMPLEMENTED")
        done = getattr(self, f"_{method}")(params)
        result: Answer = await done if asyncio.iscoroutine(done) else done
        return result

    def _get_info(self, _: Params) -> Answer:
        return {
            "alias": "a wallet",
            "color": "#000000",
            "pubkey": NODE.point.hex(),
            "network": "regtest",
            "block_height": 1,
            "block_hash": "00" * 32,
            "methods": self.methods.split(),
            "notifications": self.notifications.split(),
        }

    def _get_balance(self, _: Params) -> Answer:
        return {"balance": self.balance}

    async def _pay_invoice(self, params: Params) -> Answer:
        entry = self._pay_text(params["invoice"], params.get("amount"), None)
        await entry.ended.wait()
        if entry.state != "settled":
            raise Refusal("PAYMENT_FAILED", "no way")
        return {"preimage": entry.preimage.hex(), "fees_paid": entry.fee}

    async def _pay(self, params: Params) -> Answer:
        scheme, _, text = params["payment"].partition("?lightning=")
        assert scheme == "bitcoin:"
        entry = self._pay_text(text, params.get("amount"), params.get("max_fee"))
        await entry.ended.wait()
        return {
            "transaction_id": entry.payment_hash,
            "state": entry.state,
            "instruction_type": "bolt11",
            "amount": entry.amount,
            "fees_paid": entry.fee,
            "payment_hash": entry.payment_hash,
            "preimage": entry.preimage.hex() if entry.state == "settled" else None,
            "failure_reason": "" if entry.state == "settled" else "no way",
            "created_at": entry.created_at,
            "settled_at": entry.settled_at,
        }

    def _pay_keysend(self, params: Params) -> Answer:
        preimage = bytes.fromhex(params["preimage"])
        entry = Entry("outgoing", sha256(preimage).hex(), preimage, params["amount"])
        entry.records = params.get("tlv_records", [])
        if entry.payment_hash not in self.entries:
            self._settle(entry)
        return {"preimage": preimage.hex(), "fees_paid": 0}

    def _make_invoice(self, params: Params) -> Answer:
        preimage = self._preimage()
        text = invoice_text(
            NODE,
            preimage,
            params["amount"],
            params.get("description", ""),
            params.get("description_hash"),
            params.get("expiry", 3_600),
        )
        entry = Entry(
            "incoming",
            sha256(preimage).hex(),
            preimage,
            params["amount"],
            invoice=text,
            description=params.get("description"),
            expires_at=int(time.time()) + params.get("expiry", 3_600),
        )
        self.entries[entry.payment_hash] = entry
        return entry.told()

    def _lookup_invoice(self, params: Params) -> Answer:
        entry = self.entries.get(params["payment_hash"])
        if entry is None:
            raise Refusal("NOT_FOUND")
        return entry.told()

    def _list_transactions(self, params: Params) -> Answer:
        kind, start = params.get("type"), params.get("offset", 0)
        known = [
            entry
            for entry in reversed(self.entries.values())
            if kind in (None, entry.type)
            and entry.created_at >= params.get("from", 0)
            and (params.get("unpaid") or entry.state == "settled")
        ]
        page = known[start : start + min(20, params.get("limit", 20))]
        return {"transactions": [entry.told() for entry in page]}

    # What happens around it

    def third_invoice(
        self, amount: Msat | None, fate: Fate, fee: Msat, expiry_seconds: int
    ) -> CreatedInvoice:
        preimage = self._preimage()
        sent = None if amount is None else amount.value
        text = invoice_text(THIRD, preimage, sent, "a post", None, expiry_seconds)
        invoice = bolt11.decode(text)
        self.thirds[invoice.payment_hash.hex()] = Third(preimage, fate, fee.value)
        return CreatedInvoice(text, invoice.payment_hash, invoice.expires_at)

    def let_go(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        entry = self.entries[payment_hash.hex()]
        if paid:
            self._settle(entry)
        else:
            entry.end("failed")

    async def be_paid(self, text: str, amount: int) -> None:
        entry = self.entries[bolt11.decode(text).payment_hash.hex()]
        entry.amount = amount
        entry.end("settled")
        if self.notifications:
            await self.notify("payment_received", entry.told())

    def receive_unasked(self, amount: int, records: list[Any]) -> Entry:
        preimage = self._preimage()
        entry = Entry("incoming", sha256(preimage).hex(), preimage, amount, records=records)
        self.entries[entry.payment_hash] = entry
        entry.end("settled")
        return entry

    def _pay_text(self, text: str, amount: int | None, max_fee: int | None) -> Entry:
        invoice = bolt11.decode(text)
        name = invoice.payment_hash.hex()
        before = self.entries.get(name)
        if before is not None and before.state != "failed":
            return before
        third = self.thirds[name]
        if invoice.amount_msat is not None:
            # Wallets differ in what they make of an amount beside one that is fixed.
            assert amount is None
        sent = amount if invoice.amount_msat is None else invoice.amount_msat.value
        assert sent is not None
        if max_fee is not None and third.fee > max_fee:
            raise Refusal("FEE_LIMIT_EXCEEDED")
        if sent + third.fee > self.balance:
            raise Refusal("INSUFFICIENT_BALANCE")
        entry = Entry("outgoing", name, third.preimage, sent, invoice=text, fee=third.fee)
        self.entries[name] = entry
        if third.fate is Fate.PAID:
            self._settle(entry)
        elif third.fate is Fate.REFUSED:
            entry.end("failed")
        return entry

    def _settle(self, entry: Entry) -> None:
        self.entries[entry.payment_hash] = entry
        self.times_paid[entry.payment_hash] += 1
        self.balance -= entry.amount + entry.fee
        entry.end("settled")

    def _preimage(self) -> bytes:
        return bytes(Preimage(sha256(f"{id(self)} {next(self._numbers)}".encode())))


def invoice_text(
    key: PrivateKey,
    preimage: bytes,
    amount: int | None,
    description: str | None,
    description_hash: str | None,
    expiry: int,
    network: Network = Network.REGTEST,
) -> str:
    """A real invoice."""
    unsigned = bolt11.UnsignedInvoice(
        network=network,
        payment_hash=PaymentHash(sha256(preimage)),
        payment_secret=PaymentSecret(bytes(32)),
        timestamp=int(time.time()),
        expiry=expiry,
        amount_msat=None if amount is None else Msat(amount),
        description=(description or "") if description_hash is None else None,
        description_hash=None if description_hash is None else bytes.fromhex(description_hash),
        features=FeatureBits(ALWAYS_REQUIRED),
    )
    return bolt11.encode_and_sign(unsigned, key)
