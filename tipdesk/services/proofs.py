"""Payer proofs (BOLT 12): that a payment of ours was ours, for somebody who asks for it.

Nothing more is kept for one than the payment itself: it is made anew whenever it is wanted.
"""

from collections.abc import Callable
from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line

MAX_NOTE: Final = 200


class NoteTooLong(RequestError):
    """Words for the proof beyond what goes into it."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "There is room for {most} characters; these are {length}.",
                most=MAX_NOTE,
                length=length,
            )
        )
        self.length = length


class PaymentProofs:
    """Makes proofs of payments for offers."""

    def __init__(
        self, *, can_prove: Callable[[PaymentHash], bool], prove: Callable[[PaymentHash, str], str]
    ) -> None:
        self._can_prove = can_prove
        self._prove = prove

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        """Whether a payment settled that our own wallet made for an offer."""
        return self._can_prove(payment_hash)

    def prove(self, payment_hash: PaymentHash, note: str = "") -> str:
        """`lnp1...`; `note` are words that whoever asks for the proof wants to see in it."""
        words = one_line(note, maximum=MAX_NOTE + 1)
        if len(words) > MAX_NOTE:
            raise NoteTooLong(len(words))
        return self._prove(payment_hash, words)
