"""What only the owner of a profile may see or do, put together."""

from tipdesk.app.core import Core
from tipdesk.crypto.hashes import same
from tipdesk.services.app_lock import AppLock


class Keys:
    """The lock of the window."""

    def __init__(self, core: Core) -> None:
        self._words = core.identity.words
        self.lock = AppLock(core.vault, core.entropy, owns=self._are_ours)

    async def load(self) -> None:
        """Before the window is made: it opens locked if there is a lock."""
        await self.lock.load()

    def _are_ours(self, words: str) -> bool:
        typed = " ".join(words.lower().split())
        return same(typed.encode("utf-8", "surrogatepass"), " ".join(self._words).encode())
