"""Amounts, rates and heights as types that refuse to mix.

A quantity adds to and compares with its own kind only: ``Msat(1) + Sat(1)`` raises ``TypeError``
and is an error to the type checker. The raw number is ``.value``; it leaves its type only at a
border (wire, SQL, JSON), where the unit stands in the field's name.
"""

from typing import Self


class Quantity:
    """A whole number with a unit; negative values are allowed in the middle of a sum."""

    __slots__ = ("value",)

    value: int

    def __init__(self, value: int) -> None:
        self.value = value

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.value + other.value)

    def __sub__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(self.value - other.value)

    def __neg__(self) -> Self:
        return type(self)(-self.value)

    def __mul__(self, factor: int) -> Self:
        return type(self)(self.value * factor)

    def __lt__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.value < other.value

    def __le__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.value <= other.value

    def __gt__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.value > other.value

    def __ge__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.value >= other.value

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.value))

    def __bool__(self) -> bool:
        return self.value != 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value})"


class Msat(Quantity):
    """Thousandths of a satoshi: the unit of every Lightning amount."""

    __slots__ = ()

    def to_sat_floor(self) -> "Sat":
        """Whole satoshis, rounded down (BOLT 3 rounds every output down)."""
        return Sat(self.value // 1000)


class Sat(Quantity):
    """Satoshis: the unit of every on-chain amount."""

    __slots__ = ()

    def to_msat(self) -> Msat:
        """The same amount in millisatoshis."""
        return Msat(self.value * 1000)


class FeeratePerKw(Quantity):
    """Satoshis per 1000 weight units (BOLT 2 `feerate_per_kw`)."""

    __slots__ = ()

    def fee_for_weight(self, weight: int) -> Sat:
        """The fee of `weight` weight units, rounded down (BOLT 3, "Fee Calculation")."""
        return Sat(self.value * weight // 1000)


class CltvDelta(Quantity):
    """A number of blocks."""

    __slots__ = ()


class BlockHeight(Quantity):
    """The height of a block; also an absolute lock time below 500,000,000."""

    __slots__ = ()

    def after(self, delta: CltvDelta) -> "BlockHeight":
        """The height `delta` blocks later."""
        return BlockHeight(self.value + delta.value)
