"""Which keys may sign zap receipts for whom: what recipients' servers said, now and before."""

from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.ports.stores_tips import ProviderKey, ReceiptStore

FRESH_FOR_MS: Final = 10 * 60_000
"""A key confirmed within this time is not asked for again because a stranger signs otherwise."""


class ProviderKeys:
    """Every key ever seen, with when; the one seen last is the present one."""

    def __init__(self, store: ReceiptStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[XOnlyPubkey, dict[XOnlyPubkey, ProviderKey]] = {}
        self._asked: dict[XOnlyPubkey, Instant] = {}
        for key in store.providers():
            self._known.setdefault(key.recipient, {})[key.provider] = key

    def of(self, recipient: XOnlyPubkey) -> tuple[XOnlyPubkey, ...]:
        """The keys of somebody's servers, the present one first."""
        keys = self._known.get(recipient, {}).values()
        newest_first = sorted(keys, key=lambda key: key.last_seen, reverse=True)
        return tuple(key.provider for key in newest_first)

    def is_fresh(self, recipient: XOnlyPubkey) -> bool:
        """Whether their server was asked a short while ago."""
        asked = self._asked.get(recipient)
        return asked is not None and self._clock.now().since(asked) < FRESH_FOR_MS

    def learn(self, recipient: XOnlyPubkey, provider: XOnlyPubkey | None) -> None:
        """Their server was asked and named this key, or none; durable when this returns."""
        now = self._clock.now()
        self._asked[recipient] = now
        if provider is None:
            return
        known = self._known.setdefault(recipient, {})
        key = known.get(provider)
        if key is None:
            key = ProviderKey(recipient=recipient, provider=provider, first_seen=now, last_seen=now)
        known[provider] = replace(key, last_seen=now)
        self._store.save_provider(known[provider])
        self._store.commit()
