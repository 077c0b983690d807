"""The words of a private tip: they go apart from its payment, once that has settled (NIP-17).

none            there are none, or they went along with the payment
owed -> sent    a relay where the recipient takes messages has them
     \\-> lost    nobody took them within a day; the money arrived all the same
"""

from dataclasses import replace
from typing import assert_never

from tipdesk.tips.action import SendNote, TipAction
from tipdesk.tips.event import NoteFailed, NoteSent
from tipdesk.tips.tip import Tip, WordsState


def after_payment(paid: Tip) -> Tip:
    """What a tip owes that has just been paid."""
    return replace(paid, words=WordsState.OWED) if paid.has_words_apart else paid


def to_send(tip: Tip) -> tuple[TipAction, ...]:
    """What is still to be done, after the payment and again at each start."""
    return (SendNote(),) if tip.words is WordsState.OWED else ()


def moved_on(tip: Tip, event: NoteSent | NoteFailed) -> Tip:
    """A tip whose words arrived, or will not; what comes twice or unasked changes nothing."""
    if tip.words is not WordsState.OWED:
        return tip
    match event:
        case NoteSent():
            return replace(tip, words=WordsState.SENT)
        case NoteFailed(problem):
            return replace(tip, words=WordsState.LOST, words_problem=problem)
        case _:
            assert_never(event)
