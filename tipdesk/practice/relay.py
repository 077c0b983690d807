"""A real Nostr relay on loopback: nostr-sdk's, with its events in an LMDB folder of ours.

The one module that touches nostr_sdk outside the tests: its interface changes between versions.
"""

import asyncio
from pathlib import Path
from typing import Final

import nostr_sdk

from tipdesk.base.errors import RequestError

MAX_SUBSCRIPTIONS: Final = 500
MAX_NOTES_PER_MINUTE: Final = 1_000_000
MAX_ANSWERS: Final = 5_000
_LAST_CALLS: Final = 0.05


class RelayNotStarted(RequestError):
    """The relay could not open its port or its folder."""


class PracticeRelay:
    """`start` and `stop` once each, on the same loop; what was published is there next time.

    With `demands_proof` it serves and takes nothing before it knows who asks (NIP-42).
    """

    def __init__(self, folder: Path, *, demands_proof: bool = False) -> None:
        self._folder = folder
        self._demands_proof = demands_proof
        self._relay: nostr_sdk.LocalRelay | None = None

    async def start(self, port: int | None = None) -> str:
        """Listens on `port`, or on a free one; the relay's URL. `RelayNotStarted` if it cannot."""
        # The database calls back into Python, which needs to know on which loop.
        nostr_sdk.uniffi_set_event_loop(asyncio.get_running_loop())
        self._folder.mkdir(parents=True, exist_ok=True)
        builder = nostr_sdk.LocalRelayBuilder().addr("127.0.0.1")
        if port is not None:
            builder = builder.port(port)
        if self._demands_proof:
            mode = nostr_sdk.LocalRelayBuilderNip42Mode.BOTH
            builder = builder.nip42(nostr_sdk.LocalRelayBuilderNip42(mode=mode))
        try:
            database = await nostr_sdk.NostrLmdb.open(str(self._folder))
            relay = (
                builder.database(database)
                .rate_limit(
                    nostr_sdk.RateLimit(
                        max_reqs=MAX_SUBSCRIPTIONS, notes_per_minute=MAX_NOTES_PER_MINUTE
                    )
                )
                .max_filter_limit(MAX_ANSWERS)
                .build()
            )
            await relay.run()
            url = str(await relay.url())
        except nostr_sdk.NostrSdkError as error:
            nostr_sdk.uniffi_set_event_loop(None)
            raise RelayNotStarted(f"the practice relay could not start: {error}") from error
        self._relay = relay
        return url

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._relay is None:
            return
        self._relay.shutdown()
        self._relay = None
        # Nothing tells when the last database call is back; after that the loop is forgotten, or
        # whoever uses nostr_sdk on another loop in this process would wait on ours.
        await asyncio.sleep(_LAST_CALLS)
        nostr_sdk.uniffi_set_event_loop(None)
