"""What is told to people: what happened, whether money moved, what they can do."""

from collections.abc import Iterable
from typing import assert_never

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.payment import Failed, FailureReason, Quote
from tipdesk.tips.tip import Tip, TipStatus, WordsState, is_high_fee
from tipdesk.tips.visibility import Visibility

UNDONE = Phrase("You took this tip back. No money moved.")
CLOSED_IN_WINDOW = Phrase(
    "TipDesk was closed before this tip was sent, so it was cancelled. No money moved. "
    "You can send it again."
)
NEVER_BEGUN = Phrase(
    "The wallet never started this payment: TipDesk was closed just before. No money moved. "
    "You can send it again."
)
USED_INVOICE = Phrase(
    "The recipient's server returned an invoice that was used before. It was not paid: "
    "no money moved. You can try again; the server should give a fresh one."
)
NO_ADDRESS = Phrase(
    "Their profile names no lightning address, or could not be found. No money moved. "
    "You can try again later."
)
NO_KEYSEND = Phrase(
    "This wallet cannot pay a node that did not ask for it. No money moved. "
    "Ask for an invoice or a lightning address."
)
BILL_EXPIRED = Phrase(
    "The invoice expired before the tip was sent. No money moved. "
    "Try again: a fresh invoice will be fetched."
)

_NEXT_STEP = {
    FailureReason.NO_BALANCE: Phrase("Tip less, or receive some money first."),
    FailureReason.NO_ROUTE: Phrase("Try again in a minute, or with a smaller amount."),
    FailureReason.FEE_OVER_LIMIT: Phrase("Try again later; small tips bear the fee of large ones."),
    FailureReason.PEER_OFFLINE: Phrase("Try again once the channel is back."),
    FailureReason.EXPIRED: Phrase("Try again: a fresh invoice will be fetched."),
    FailureReason.REFUSED: Phrase("Try again, or ask the receiver."),
    FailureReason.TRIED_EVERYTHING: Phrase("Try again in a minute, or with a smaller amount."),
    FailureReason.ALREADY_PAID: Phrase("It was not paid again."),
    FailureReason.TO_OURSELVES: Phrase("You cannot pay yourself."),
    FailureReason.UNSUPPORTED: Phrase("Another wallet may be able to."),
    FailureReason.CALLED_OFF: Phrase("You can send it again."),
    FailureReason.WALLET_REFUSED: Phrase("Look there for what holds it back, then try again."),
    FailureReason.WALLET_AWAY: Phrase("Try again once it runs and answers."),
}


def sats(amount: Msat) -> str:
    """``1,234.5 sat``: exact to the millisat."""
    whole, rest = divmod(abs(amount.value), 1_000)
    sign = "-" if amount.value < 0 else ""
    text = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:03d}".rstrip("0")
    return f"{sign}{text} sat"


def failure(failed: Failed) -> str:
    """Why a payment certainly did not happen; a wallet elsewhere may have said it itself."""
    is_said = failed.reason is FailureReason.WALLET_REFUSED and failed.detail
    return Phrase(
        "{why} No money moved. {next_step}",
        why=failed.detail if is_said else failed.reason.value,
        next_step=_NEXT_STEP[failed.reason],
    )


def fee_over_limit(quote: Quote, limit: Msat) -> str:
    """The quote is higher than what may be spent."""
    return Phrase(
        "The cheapest way to the receiver costs {fee} now, more than your limit of "
        "{limit}. No money moved. Try again later; the limit grows with the tip.",
        fee=quote.fee,
        limit=limit,
    )


def amount_not_accepted(amount: Msat, *, least: Msat, most: Msat) -> str:
    """The server's bounds do not hold the amount."""
    return Phrase(
        "The recipient's server accepts tips from {least} to {most}, not {amount}. No money moved.",
        least=least,
        most=most,
        amount=amount,
    )


def payer_data_wanted(names: Iterable[str]) -> str:
    """LUD-18: the server insists on what TipDesk does not tell."""
    return Phrase(
        "The recipient's server wants to know who pays ({names}), and TipDesk tells "
        "nobody. No money moved. Ask the recipient for another address.",
        names=", ".join(names),
    )


def unusable_invoice(problem: str) -> str:
    """The server's invoice could not be read."""
    return Phrase(
        "The recipient's server returned an invoice that cannot be paid. {problem} No money moved.",
        problem=problem,
    )


def of_tip(tip: Tip, *, limits_fees: bool = True) -> str:
    """How it stands with a tip."""
    match tip.status:
        case TipStatus.DRAFT:
            return Phrase("Not sent yet. No money has moved.")
        case TipStatus.UNDO:
            return Phrase(
                "You can still take it back. No money has moved. {cost}",
                cost=_cost(tip, limits_fees=limits_fees),
            )
        case TipStatus.QUOTING:
            return Phrase(
                "Finding the recipient and the way there. No money has moved. {cost}",
                cost=_cost(tip, limits_fees=limits_fees),
            )
        case TipStatus.PAYING:
            return Phrase("The payment is on its way.")
        case TipStatus.IN_FLIGHT:
            return Phrase(
                "The payment is still on its way: it will arrive, or come back to you. "
                "TipDesk goes on asking; there is nothing for you to do, and no need to tip again."
            )
        case TipStatus.PAID:
            return Phrase.joined((_paid(tip), _receipt_missing(tip), _words(tip)))
        case TipStatus.RECEIPT_SEEN:
            return Phrase("{paid} The receipt is public.", paid=_paid(tip))
        case TipStatus.CANCELLED | TipStatus.FAILED:
            return tip.problem
        case _:
            assert_never(tip.status)


def _cost(tip: Tip, *, limits_fees: bool) -> str:
    if not limits_fees:
        return Phrase(
            "It will cost {amount}, and in fees what your wallet decides.", amount=tip.amount
        )
    if tip.quote is None:
        return Phrase(
            "It will cost {amount} and at most {limit} in fees.",
            amount=tip.amount,
            limit=tip.fee_limit,
        )
    fee = tip.quote.fee
    said = Phrase(
        "It will cost {amount} and about {fee} in fees (at most {limit}).",
        amount=tip.amount,
        fee=fee,
        limit=tip.fee_limit,
    )
    if not is_high_fee(fee, tip.amount):
        return said
    share = 100 * fee.value // tip.amount.value
    return Phrase.joined((said, Phrase("The fee is {n} % of the tip.", n=share)))


def _paid(tip: Tip) -> str:
    if tip.settlement is None:
        return Phrase("Paid.")
    reward = tip.reward
    paid = Phrase("Paid: {amount}, and {fee} in fees.", amount=tip.amount, fee=tip.settlement.fee)
    if reward is None:
        return paid
    words = f"{reward.text} {reward.url}".rstrip()
    return Phrase.joined((paid, Phrase('They say: "{words}".', words=words)))


def _words(tip: Tip) -> str:
    match tip.words:
        case WordsState.NONE:
            return ""
        case WordsState.OWED:
            return Phrase("Your words are on their way to them alone.")
        case WordsState.SENT:
            return Phrase("Your words were delivered, for them alone to read.")
        case WordsState.LOST:
            return Phrase("Your words did not arrive. {why}", why=tip.words_problem)


def _receipt_missing(tip: Tip) -> str:
    if tip.visibility is Visibility.PRIVATE:
        return Phrase("Nothing was published.")
    if tip.bill is not None and tip.bill.provider is None:
        return Phrase("The recipient's server publishes no receipts.")
    if tip.is_receipt_overdue:
        return Phrase(
            "Their server has published no receipt so far; the money arrived all the same."
        )
    return ""
