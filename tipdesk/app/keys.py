"""What only the owner of a profile may see or do, put together."""

from collections.abc import Callable

from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.adapters.wallet.words import new_words
from tipdesk.app.core import Core
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import same
from tipdesk.services.app_lock import AppLock
from tipdesk.services.nostr_key import NostrKey
from tipdesk.services.seed_words import SeedWords


class Keys:
    """The lock of the window, the words and the key behind it."""

    def __init__(self, core: Core, *, has_money: Callable[[], bool]) -> None:
        self._words = core.identity.words
        # Practice coins are worth nothing: their words can be shown, nobody is reminded of them.
        practice = core.settings.network is Network.REGTEST
        self.lock = AppLock(core.vault, core.entropy, owns=self._are_ours)
        self.secrets = core.vault
        self.nostr = NostrKey(core.identity.nostr_key, self.lock)
        self.words = SeedWords(
            self._words,
            self.lock,
            settings=MoneySettingsStore(core.database),
            clock=core.clock,
            entropy=core.entropy,
            fresh=lambda: new_words(core.entropy.random_bytes(32)),
            has_worth=lambda: not practice and has_money(),
        )

    async def load(self) -> None:
        """Before the window is made: it opens locked if there is a lock."""
        await self.lock.load()

    def _are_ours(self, words: str) -> bool:
        typed = " ".join(words.lower().split())
        return same(typed.encode("utf-8", "surrogatepass"), " ".join(self._words).encode())
