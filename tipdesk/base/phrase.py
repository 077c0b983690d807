"""English words that remember how they were made, so that a window can say them in a language.

Whatever a layer says to people is a `Phrase`: a ``str`` in English for logs, commands and tests,
with its pattern and operands beside it. Only the window knows languages.
"""

from collections.abc import Iterable, Mapping
from typing import Self

from tipdesk.base.units import Msat, Sat


class Phrase(str):
    """``Phrase("{amount} to {name}", amount=Msat(21_000), name="Ana")``.

    Operands are named in the pattern and may be phrases themselves. `Msat` and `Sat` are written
    with their unit, whole numbers with their thousands apart, anything else as it is.
    """

    pattern: str
    """What is looked up in a language: the English with its places; empty for a join."""
    operands: Mapping[str, object]
    number: int | None
    """What the form hangs on where one and many are said in different ways."""
    one: str
    """The English for a count of one; empty where there is no count."""
    parts: tuple[str, ...]
    """What a join consists of."""
    between: str

    def __new__(cls, pattern: str, /, **operands: object) -> Self:
        """A pattern without operands is taken as it is, braces and all."""
        return cls._made(pattern, operands)

    @classmethod
    def counted(cls, count: int, one: str, many: str, /, **operands: object) -> Self:
        """``Phrase.counted(2, "{count} tip", "{count} tips")``: `one` for one, `many` otherwise."""
        return cls._made(many, {**operands, "count": count}, number=count, one=one)

    @classmethod
    def joined(cls, parts: Iterable[str], between: str = " ") -> Self:
        """Phrases one behind the other; empty ones are left out."""
        kept = tuple(part for part in parts if part)
        phrase = super().__new__(cls, between.join(kept))
        phrase.pattern, phrase.operands, phrase.number, phrase.one = "", {}, None, ""
        phrase.parts, phrase.between = kept, between
        return phrase

    @classmethod
    def _made(
        cls,
        pattern: str,
        operands: Mapping[str, object],
        *,
        number: int | None = None,
        one: str = "",
    ) -> Self:
        chosen = one if number == 1 else pattern
        shown = {name: plain(value) for name, value in operands.items()}
        phrase = super().__new__(cls, chosen.format_map(shown) if operands else chosen)
        phrase.pattern, phrase.operands, phrase.number, phrase.one = pattern, operands, number, one
        phrase.parts, phrase.between = (), ""
        return phrase

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copied or pickled, it is the English alone."""
        return str, (str(self),)


def plain(value: object) -> str:
    """An operand as English writes it."""
    if isinstance(value, Msat):
        whole, part = divmod(abs(value.value), 1_000)
        decimals = f".{part:03}" if part else ""
        return f"{'-' if value.value < 0 else ''}{whole:,}{decimals} sat"
    if isinstance(value, Sat):
        return f"{value.value:,} sat"
    if type(value) is int:
        return f"{value:,}"
    return str(value)


def in_words(error: BaseException) -> str:
    """What an error says: the phrase that it was raised with, to be said within another one."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Phrase) else str(error)


def clause(error: BaseException) -> str:
    """The same without a stop at its end, for a sentence that goes on."""
    said = in_words(error)
    return said.rstrip(".") if said.endswith(".") else said
