"""Whether amounts are shown as dots; asked by whoever turns one into words.

What was typed, and what is about to be paid, is said by the exact words of `ui/format` instead.
"""

from typing import Final

DOTS: Final = "\u2022\u2022\u2022\u2022"
"""As many for every amount: their number would tell its size."""


class Veil:
    """Down: dots. `viewmodels/veil` moves it, and has everything said anew."""

    def __init__(self) -> None:
        self.is_down = False


_veil: Final = Veil()


def veil() -> Veil:
    """The one of the process, as there is one window."""
    return _veil
