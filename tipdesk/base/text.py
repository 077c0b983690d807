"""Text from strangers, made safe to show: bounded, and without characters that act."""

import unicodedata

# Cc: controls, Cf: bidirectional overrides and invisibles, Cs: half surrogates, Co: private use.
# Unassigned ones stay: this year's emoji are unassigned to last year's Python.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
# The joiners make family emoji and are letters' neighbours in Persian and Indic scripts.
_KEPT = frozenset({"\u200c", "\u200d"})


def one_line(text: str, *, maximum: int) -> str:
    """Runs of white space become one blank, characters that act are dropped, the rest is cut."""
    return _cut(_without_acting(" ".join(text[: maximum * 4].split())), maximum)


def many_lines(text: str, *, maximum: int) -> str:
    """As `one_line`, but line breaks stay; at most two of them in a row."""
    lines: list[str] = []
    for line in text[: maximum * 4].splitlines():
        cleaned = _without_acting(line.replace("\t", "    ")).rstrip()
        if cleaned or (lines and lines[-1]):
            lines.append(cleaned)
    return _cut("\n".join(lines).strip(), maximum)


def _without_acting(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    category = unicodedata.category
    return "".join(c for c in text if c in _KEPT or category(c) not in _DROPPED).strip()


def _cut(text: str, maximum: int) -> str:
    return text if len(text) <= maximum else text[: maximum - 1].rstrip() + "\u2026"
