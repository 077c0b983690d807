"""Takes out of a text what tells who somebody is, what they own, or what opens it.

By form alone: it knows none of the secrets that it looks for, and rather takes too much. A name
that somebody chose has no form of its own, so logs hold none.
"""

import re
from typing import Final

_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

_RULES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), mark)
    for pattern, mark in (
        (r"\b[a-z][a-z0-9+.-]{1,11}://\S+", "<link>"),
        (r"\S+@\S+", "<address>"),
        (r"\b[a-z2-7]{16,56}\.onion(?::\d+)?", "<onion>"),
        (rf"\b[a-z0-9]{{2,90}}1[{_BECH32}]{{16,}}", "<bech32>"),
        (r"\bln(?:bcrt|bc|tbs|tb|url|o)[a-z0-9]{16,}", "<bech32>"),
        (r"[0-9a-f]{16,}", "<hex>"),
        (r"(?<![\w+/])[\w+/-]{32,}={0,2}", "<key>"),
        (r"\b[123mn][1-9a-hj-np-z]{25,39}\b", "<address>"),
        # Twelve words may be cut by a line's end: eight in a row are already too many.
        (r"(?:\b[a-z]{3,8}\b[\s,'\"]{1,4}){7,}\b[a-z]{3,8}\b", "<words>"),
        (r"(?:\b\d{1,3}\.){3}\d{1,3}(?::\d+)?\b", "<ip>"),
        # Four colons at the least: the time of day has two.
        (r"\[?(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\]?(?::\d+)?", "<ip>"),
        (r"\[?[0-9a-f:]*::[0-9a-f:]*\]?(?::\d+)?", "<ip>"),
        (r"\b\w*(?:amount|balance|fee|msat|sat)\w*\s?[=:]\s?-?\d[\d,._]*", "<amount>"),
        (r"-?\d[\d,._]*\s?(?:msat|sats?|btc|[a-z]{3}(?<=usd|eur|gbp|chf|jpy))\b", "<amount>"),
        (r"(?:/home/|/users/|\\users\\)[^/\\\s'\"]+", "<home>"),
    )
)


def redacted(text: str) -> str:
    """The text with marks where something was."""
    for pattern, mark in _RULES:
        text = pattern.sub(mark, text)
    return text
