"""Gift wraps made and opened (NIP-59): the rules are `nip59`'s, the keys stay in their signers."""

from collections.abc import Callable

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import nip59
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.ports.secrets import EventSigner


class GiftWrapper:
    """Wraps what we write, and opens what is for us."""

    def __init__(
        self,
        *,
        signer: EventSigner,
        one_time_signer: Callable[[], EventSigner],
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._signer = signer
        self._one_time_signer = one_time_signer
        self._clock = clock
        self._entropy = entropy

    @property
    def pubkey(self) -> XOnlyPubkey:
        """Whose wraps it opens."""
        return self._signer.pubkey

    async def wrap(self, rumor: UnsignedEvent, recipient: XOnlyPubkey) -> Event:
        """The rumor, by us, for the recipient (who may be ourselves), ready to be published.

        Raises `TextLengthRefused` for one that is too long, `DecodeError` if nobody can have the
        recipient's key.
        """
        sealed = await self._signer.encrypt(recipient, nip59.rumor_text(rumor))
        seal = await self._signer.sign(
            nip59.build_seal(sealed, sender=self._signer.pubkey, created_at=self._backdated())
        )
        author = self._one_time_signer()
        return await author.sign(
            nip59.build_wrap(
                await author.encrypt(recipient, seal.to_json()),
                author=author.pubkey,
                recipient=recipient,
                created_at=self._backdated(),
            )
        )

    async def unwrap(self, wrap: Event) -> UnsignedEvent:
        """The rumor in an authentic wrap; its `pubkey` is who sealed it.

        Raises the `DecodeError` of the rule that a layer breaks.
        """
        nip59.check_wrap(wrap, self._signer.pubkey)
        seal = nip59.read_seal(await self._signer.decrypt(wrap.pubkey, wrap.content))
        return nip59.read_rumor(await self._signer.decrypt(seal.pubkey, seal.content), seal)

    def _backdated(self) -> int:
        random = self._entropy.random_bytes(nip59.RANDOM_BYTES)
        return nip59.backdated(self._clock.now().unix_seconds, random)
