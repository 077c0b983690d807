"""A creator's desk for tests: real services over a real database, a wallet that does as told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fakes import (
    ADDRESS,
    CALLBACK,
    CREATOR,
    FAN,
    RELAY,
    START,
    FakeClock,
    FakeEntropy,
    FakeRelays,
    FakeWallet,
    sign,
)
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.desk_log import MoneyAlertLog, MoneyTriggerLog
from tipdesk.adapters.storage.records import MoneyIncomingStore, MoneySettingsStore
from tipdesk.app.core import SCHEMA
from tipdesk.base.clock import Clock
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl import codec
from tipdesk.lnurl.pay import parse_invoice_response, parse_params
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.ports.desk import CommandFailed, OverlayPage
from tipdesk.services.alerts import AlertService
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import AppEvent
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.receiving import ReceiveService, ReceivingAddress

POST = EventId(b"\x11" * 32)


@dataclass
class RecordingPages:
    """Pages that are all open, and remember what they were told."""

    told: list[tuple[OverlayPage, Mapping[str, object]]] = field(default_factory=list)
    open: int = 1

    def push(self, page: OverlayPage, message: Mapping[str, object]) -> None:
        self.told.append((page, message))

    def cut_off(self) -> None:
        self.open = 0

    def connected(self) -> Mapping[OverlayPage, int]:
        return dict.fromkeys(OverlayPage, self.open)

    def kinds(self, page: OverlayPage = OverlayPage.ALERTS) -> list[object]:
        return [message["kind"] for one, message in self.told if one is page]


@dataclass
class RecordingSpeaker:
    """Says nothing, and remembers what."""

    said: list[str] = field(default_factory=list)
    fails: bool = False

    @property
    def command(self) -> str | None:
        return "said"

    async def speak(self, text: str) -> None:
        self.said.append(text)
        if self.fails:
            raise CommandFailed("said", "lost its voice")


class Desk:
    """A creator's services on disk; `open` starts them again after a `close`."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder = folder
        self.clock = FakeClock()
        self.told_time: Clock = clock or self.clock
        self.wallet = FakeWallet(self.clock)
        self.relays = FakeRelays()
        self.entropy = FakeEntropy()
        self.pages = RecordingPages()
        self.speaker = RecordingSpeaker()
        self.open()

    def open(self) -> None:
        self.wallet.listeners.clear()
        self.database = MoneyDatabase(self._folder / "money.db", SCHEMA)
        self.store = MoneyIncomingStore(self.database)
        self.tips = MoneyDeskStore(self.database)
        self.alert_log = MoneyAlertLog(self.database)
        self.trigger_log = MoneyTriggerLog(self.database)
        self.settings = MoneySettingsStore(self.database)
        self.bus = Bus()
        self.events: list[AppEvent] = []
        self.bus.subscribe(AppEvent, self.events.append)
        self.signer = KeySigner(CREATOR, self.entropy)
        self.receiving = ReceiveService(
            address=ReceivingAddress(
                user="ana",
                recipient=CREATOR.x_only,
                identifier=ADDRESS,
                callback=CALLBACK,
                description="Tips for Ana",
            ),
            wallet=self.wallet,
            signer=self.signer,
            relays=self.relays,
            store=self.store,
            bus=self.bus,
            clock=self.told_time,
        )
        self.file_tips()

    def file_tips(self) -> None:
        """The part of `open` that reads the history."""
        self.profiles = Profiles(Network.REGTEST)
        self.creator = CreatorService(
            store=self.store,
            desk=self.tips,
            receiving=self.receiving,
            profiles=self.profiles,
            people=PeopleService(relays=self.relays, profiles=self.profiles, bus=self.bus),
            bus=self.bus,
        )

    def start_alerts(self) -> AlertService:
        return AlertService(
            creator=self.creator,
            log=self.alert_log,
            settings=self.settings,
            pages=self.pages,
            speaker=self.speaker,
            bus=self.bus,
            clock=self.told_time,
        )

    def close(self) -> None:
        self.database.close()

    def serve_at(self, authority: str) -> None:
        """From now on the callback names the server that stands there."""
        callback = f"http://{authority}/lnurlp/ana/callback"
        address = replace(self.receiving._address, callback=callback)
        self.receiving._address = address

    def learn(self, key: PrivateKey, name: str) -> None:
        self.profiles.learn(sign(key, 0, f'{{"name": "{name}"}}'))

    async def invoice(self, sat: int = 21, **query: str) -> PaymentHash:
        """What a payer's wallet would get."""
        answer = await self.receiving.lnurl_invoice("ana", {"amount": str(sat * 1_000), **query})
        terms = await self.receiving.lnurl_params("ana")
        assert answer is not None
        assert terms is not None
        params = parse_params(terms.encode(), Network.REGTEST)
        return bolt11.decode(parse_invoice_response(answer.encode(), params).pr).payment_hash

    async def tip(
        self, sat: int = 21, *, sender: PrivateKey | None = FAN, comment: str = "hi"
    ) -> PaymentHash:
        """A tip that was paid; without a sender it is a plain payment."""
        if sender is None:
            payment_hash = await self.invoice(sat, comment=comment)
        else:
            payment_hash = await self.invoice(sat, nostr=zap(sat, sender, comment))
        self.wallet.be_paid(payment_hash)
        return payment_hash


def zap(
    sat: int, sender: PrivateKey = FAN, comment: str = "hi", *, is_anonymous: bool = False
) -> str:
    """A signed zap request for the creator's post, as text."""
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=1),
        sender=sender.x_only,
        relays=(RELAY,),
        amount=Msat(sat * 1_000),
        lnurl=codec.encode(CALLBACK),
        comment=comment,
        created_at=START.unix_seconds,
    )
    if is_anonymous:
        unsigned = nip01.UnsignedEvent(
            pubkey=unsigned.pubkey,
            created_at=unsigned.created_at,
            kind=unsigned.kind,
            tags=(*unsigned.tags, ("anon", "")),
            content=unsigned.content,
        )
    return nip01.sign(unsigned, sender, bytes(32)).to_json()
