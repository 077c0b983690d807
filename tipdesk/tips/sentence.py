"""What is told to people: what happened, whether money moved, what they can do."""

from collections.abc import Iterable
from typing import assert_never

from tipdesk.base.units import Msat
from tipdesk.tips.payment import Failed, FailureReason, Quote
from tipdesk.tips.tip import Tip, TipStatus, WordsState, is_high_fee
from tipdesk.tips.visibility import Visibility

UNDONE = "You took this tip back. No money moved."
CLOSED_IN_WINDOW = (
    "TipDesk was closed before this tip was sent, so it was cancelled. No money moved. "
    "You can send it again."
)
NEVER_BEGUN = (
    "The wallet never started this payment: TipDesk was closed just before. No money moved. "
    "You can send it again."
)
USED_INVOICE = (
    "The recipient's server returned an invoice that was used before. It was not paid: "
    "no money moved. You can try again; the server should give a fresh one."
)
NO_ADDRESS = (
    "Their profile names no lightning address, or could not be found. No money moved. "
    "You can try again later."
)
NO_KEYSEND = (
    "This wallet cannot pay a node that did not ask for it. No money moved. "
    "Ask for an invoice or a lightning address."
)
BILL_EXPIRED = (
    "The invoice expired before the tip was sent. No money moved. "
    "Try again: a fresh invoice will be fetched."
)

_NEXT_STEP = {
    FailureReason.NO_BALANCE: "Tip less, or receive some money first.",
    FailureReason.NO_ROUTE: "Try again in a minute, or with a smaller amount.",
    FailureReason.FEE_OVER_LIMIT: "Try again later; small tips bear the fee of large ones.",
    FailureReason.PEER_OFFLINE: "Try again once the channel is back.",
    FailureReason.EXPIRED: "Try again: a fresh invoice will be fetched.",
    FailureReason.REFUSED: "Try again, or ask the receiver.",
    FailureReason.TRIED_EVERYTHING: "Try again in a minute, or with a smaller amount.",
    FailureReason.ALREADY_PAID: "It was not paid again.",
    FailureReason.TO_OURSELVES: "You cannot pay yourself.",
    FailureReason.UNSUPPORTED: "Another wallet may be able to.",
    FailureReason.CALLED_OFF: "You can send it again.",
}


def sats(amount: Msat) -> str:
    """``1,234.5 sat``: exact to the millisat."""
    whole, rest = divmod(abs(amount.value), 1_000)
    sign = "-" if amount.value < 0 else ""
    text = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:03d}".rstrip("0")
    return f"{sign}{text} sat"


def failure(failed: Failed) -> str:
    """Why a payment certainly did not happen."""
    return f"{failed.reason.value} No money moved. {_NEXT_STEP[failed.reason]}"


def fee_over_limit(quote: Quote, limit: Msat) -> str:
    """The quote is higher than what may be spent."""
    return (
        f"The cheapest way to the receiver costs {sats(quote.fee)} now, more than your limit of "
        f"{sats(limit)}. No money moved. Try again later; the limit grows with the tip."
    )


def amount_not_accepted(amount: Msat, *, least: Msat, most: Msat) -> str:
    """The server's bounds do not hold the amount."""
    return (
        f"The recipient's server accepts tips from {sats(least)} to {sats(most)}, "
        f"not {sats(amount)}. No money moved."
    )


def payer_data_wanted(names: Iterable[str]) -> str:
    """LUD-18: the server insists on what TipDesk does not tell."""
    return (
        f"The recipient's server wants to know who pays ({', '.join(names)}), and TipDesk tells "
        "nobody. No money moved. Ask the recipient for another address."
    )


def unusable_invoice(problem: str) -> str:
    """The server's invoice could not be read."""
    return (
        f"The recipient's server returned an invoice that cannot be paid. {problem} No money moved."
    )


def of_tip(tip: Tip) -> str:
    """How it stands with a tip."""
    match tip.status:
        case TipStatus.DRAFT:
            return "Not sent yet. No money has moved."
        case TipStatus.UNDO:
            return f"You can still take it back. No money has moved. {_cost(tip)}"
        case TipStatus.QUOTING:
            return f"Finding the recipient and the way there. No money has moved. {_cost(tip)}"
        case TipStatus.PAYING:
            return "The payment is on its way."
        case TipStatus.IN_FLIGHT:
            return (
                "The payment is still on its way: it will arrive, or come back to you. "
                "TipDesk goes on asking; there is nothing for you to do, and no need to tip again."
            )
        case TipStatus.PAID:
            return f"{_paid(tip)} {_receipt_missing(tip)}{_words(tip)}".rstrip()
        case TipStatus.RECEIPT_SEEN:
            return f"{_paid(tip)} The receipt is public."
        case TipStatus.CANCELLED | TipStatus.FAILED:
            return tip.problem
        case _:
            assert_never(tip.status)


def _cost(tip: Tip) -> str:
    if tip.quote is None:
        return f"It will cost {sats(tip.amount)} and at most {sats(tip.fee_limit)} in fees."
    fee = tip.quote.fee
    share = ""
    if is_high_fee(fee, tip.amount):
        share = f" The fee is {100 * fee.value // tip.amount.value} % of the tip."
    return (
        f"It will cost {sats(tip.amount)} and about {sats(fee)} in fees "
        f"(at most {sats(tip.fee_limit)}).{share}"
    )


def _paid(tip: Tip) -> str:
    if tip.settlement is None:
        return "Paid."
    reward = tip.reward
    words = "" if reward is None else f' They say: "{reward.text} {reward.url}'.rstrip() + '".'
    return f"Paid: {sats(tip.amount)}, and {sats(tip.settlement.fee)} in fees.{words}"


def _words(tip: Tip) -> str:
    match tip.words:
        case WordsState.NONE:
            return ""
        case WordsState.OWED:
            return "Your words are on their way to them alone."
        case WordsState.SENT:
            return "Your words were delivered, for them alone to read."
        case WordsState.LOST:
            return f"Your words did not arrive. {tip.words_problem}"


def _receipt_missing(tip: Tip) -> str:
    if tip.visibility is Visibility.PRIVATE:
        return "Nothing was published. "
    if tip.bill is not None and tip.bill.provider is None:
        return "The recipient's server publishes no receipts."
    if tip.is_receipt_overdue:
        return "Their server has published no receipt so far; the money arrived all the same."
    return ""
