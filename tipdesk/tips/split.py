"""A tip shared among several by the weights that the author set (NIP-57, Appendix G)."""

from collections.abc import Sequence

from tipdesk.base.units import Msat


def divide(amount: Msat, weights: Sequence[int]) -> tuple[Msat, ...]:
    """Each one's part, to the millisat; what cannot be divided goes to the first.

    `weights` are not negative and not all zero. The parts add up to `amount`.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and one of them is more than nothing")
    parts = [amount.value * weight // whole for weight in weights]
    first = next(place for place, weight in enumerate(weights) if weight)
    parts[first] += amount.value - sum(parts)
    return tuple(Msat(part) for part in parts)
