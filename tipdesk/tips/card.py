"""What a card would have cost: 2.9 % and 0.30 of the currency's unit a payment.

That is the usual price of small card payments in dollars; for other currencies the same figures
stand in for a card of their own. In a currency without minor units 0.30 comes to almost nothing.
"""

from tipdesk.tips.fiat import Fiat


def card_fee(amount: Fiat) -> Fiat:
    """The card's fee on one payment, to the nearest minor unit, halves rounded up."""
    fixed = 300 * 10**amount.currency.digits
    return Fiat(amount.currency, (29 * amount.minor + fixed + 500) // 1_000)
