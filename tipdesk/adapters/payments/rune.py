"""What a rune of Core Lightning allows, read from its own text: nobody has to be asked.

Base64url of 32 bytes, which are the node's to check, and of restrictions: all of them must hold,
each by one of its alternatives, a field, a condition and a value (``method=pay|method^list``).
Only the method is judged here; what else is restricted shows when it is asked.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from typing import Final

_DIGEST: Final = 32
_FIELD = re.compile(r"([A-Za-z0-9_]*)([^A-Za-z0-9_])(.*)", re.DOTALL)
_SEPARATE = {sign: re.compile(rf"((?:[^\\{sign}]|\\.)*)(?:\{sign}|$)", re.DOTALL) for sign in "&|"}
_CONDITIONS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda method, value: method == value,
    "/": lambda method, value: method != value,
    "^": lambda method, value: method.startswith(value),
    "$": lambda method, value: method.endswith(value),
    "~": lambda method, value: value in method,
    "{": lambda method, value: method < value,
    "}": lambda method, value: method > value,
    "!": lambda _method, _value: False,
}


def allows(rune: str, method: str) -> bool:
    """Whether the rune lets that method through, as far as the method decides."""
    try:
        raw = urlsafe_b64decode(rune + "=" * (-len(rune) % 4))[_DIGEST:]
        text = raw.decode()
    except ValueError:
        return True
    return all(
        any(_may_hold(alternative, method) for alternative in _parts(restriction, "|"))
        for restriction in _parts(text, "&")
    )


def _may_hold(alternative: str, method: str) -> bool:
    read = _FIELD.fullmatch(alternative)
    if read is None or read[1] != "method" or read[2] not in _CONDITIONS:
        return True
    return _CONDITIONS[read[2]](method, re.sub(r"\\(.)", r"\1", read[3]))


def _parts(text: str, sign: str) -> list[str]:
    """The text between signs that no backslash stands before."""
    return [found for found in _SEPARATE[sign].findall(text) if found]
