"""The stage's keys: the real lock, over secrets in memory, cheap to check."""

from pathlib import Path

from tests.fakes import FakeEntropy, HandSeconds, MemoryVault
from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.services.app_lock import AppLock
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


class StageKeys:
    """What only the owner may see or do."""

    def __init__(self, clock: Clock) -> None:
        self.has_worth = False
        self.secrets, self.seconds = MemoryVault(), HandSeconds()
        self.lock = AppLock(
            self.secrets,
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
