"""The stage's keys: the real lock, over secrets in memory, cheap to check."""

from pathlib import Path

from tests.fakes import FakeEntropy, HandSeconds, MemoryVault
from tests.ui.content import HOUR
from tipdesk.adapters.secrets.vault import WrongPassphrase
from tipdesk.app.profile_shelf import OtherAmount
from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, TipDeskError
from tipdesk.base.units import Sat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.ports.secrets import SecretsPlace
from tipdesk.services.app_lock import AppLock
from tipdesk.services.front import ProfileEntry, ProfileFacts, ProfileLoss
from tipdesk.services.nostr_key import NostrKey
from tipdesk.services.seed_words import SeedWords

_PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WORDS = tuple(_PHRASE.split())
_OTHERS = (
    "zoo",
    "zone",
    "zero",
    "youth",
    "young",
    "you",
    "yellow",
    "yard",
    "write",
    "wrong",
    "wrist",
    "wreck",
)


class StageSettings:
    """Settings of a profile that nobody keeps."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def setting(self, name: str) -> str | None:
        """What was put."""
        return self.kept.get(name)

    def put_setting(self, name: str, value: str) -> None:
        """Remembers it."""
        self.kept[name] = value


class StageSecrets:
    """Secrets that go where they are asked to."""

    def __init__(self) -> None:
        self.place = SecretsPlace.KEYRING
        self.passphrase = ""
        self.forgets = True
        self.failure: TipDeskError | None = None

    async def move_into_file(self, passphrase: str) -> bool:
        """As the real ones do."""
        self._fail()
        self.place, self.passphrase = SecretsPlace.FILE, passphrase
        return self.forgets

    async def move_into_keyring(self, passphrase: str) -> None:
        """As the real ones do."""
        self._fail()
        if passphrase != self.passphrase:
            raise WrongPassphrase(Path("/home/fan/.local/share/tipdesk/profiles/main/vault"))
        self.place = SecretsPlace.KEYRING

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class StageProfiles:
    """Three profiles, of which the first is open."""

    def __init__(self, clock: Clock) -> None:
        main = ProfileEntry(name="main", network="mainnet")
        second = ProfileEntry(name="main-2", network="signet", needs_passphrase=True)
        practice = ProfileEntry(name="practice", network="regtest", is_practice=True)
        now = clock.now()
        self.facts = [
            ProfileFacts(entry=main, is_open=True, size=48_211_004, used_at=now),
            ProfileFacts(
                entry=second, is_open=False, size=3_120_880, used_at=now.plus_ms(-9 * 24 * HOUR)
            ),
            ProfileFacts(entry=practice, is_open=False, size=12_400, used_at=None),
        ]
        self.lost = ProfileLoss(
            channels=2, in_channels=Sat(151_000), words_checked=True, is_practice=False
        )
        self.failure: TipDeskError | None = None

    async def all(self) -> tuple[ProfileFacts, ...]:
        """What is left of them."""
        return tuple(self.facts)

    async def loss(self, entry: ProfileEntry) -> ProfileLoss:
        """The same for each."""
        if self.failure is not None:
            raise self.failure
        return self.lost

    async def remove(self, entry: ProfileEntry, typed: Sat | None) -> str:
        """Asks for the amount, and forgets it."""
        if self.lost.channels and typed != self.lost.in_channels:
            raise OtherAmount(typed, self.lost.in_channels)
        self.facts = [one for one in self.facts if one.entry != entry]
        return "/home/fan/.local/share/tipdesk/removed/main-2.backup" if self.lost.channels else ""


class StageKeys:
    """What only the owner may see or do."""

    def __init__(self, clock: Clock) -> None:
        self.has_worth = False
        self.secrets, self.seconds = StageSecrets(), HandSeconds()
        self.lock = AppLock(
            MemoryVault(),
            FakeEntropy(),
            owns=lambda typed: tuple(typed.split()) == WORDS,
            cost=2,
            seconds=self.seconds,
        )
        self.nostr = NostrKey(PrivateKey(bytes(31) + b"\x07"), self.lock)
        self.words = SeedWords(
            WORDS,
            self.lock,
            settings=StageSettings(),
            clock=clock,
            entropy=FakeEntropy(),
            fresh=lambda: _OTHERS,
            has_worth=lambda: self.has_worth,
        )


class StageDiagnostics:
    """A report of a machine that nobody has."""

    def __init__(self) -> None:
        self.saved: dict[Path, str] = {}
        self.failure: BackendError | None = None

    def report(self) -> str:
        """As a real one looks."""
        lines = (
            f"  2026-05-28 09:1{n % 10}:00 INFO tipdesk.node.peer: <hex> is away" for n in range(40)
        )
        head = "Versions\n  TipDesk 0.1.0\n  Linux 6.8 (x86_64)\nState\n  block: 214\n  peers: 1"
        return "\n".join((head, "Log, redacted", *lines))

    async def save(self, path: Path, text: str) -> None:
        """Remembers it, or fails."""
        if self.failure is not None:
            raise self.failure
        self.saved[path] = text
