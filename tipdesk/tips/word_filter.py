"""Words that a creator does not want to see or hear, found in what strangers write and replaced.

It is a sieve, not a wall. It sees through capitals, accents, the usual digits and signs for
letters (``sh1t``, ``$hit``), the Cyrillic and Greek letters that look Latin, signs put between
letters (``s.h.i.t``) and letters said twice (``shiit``). It does not see through blanks between
letters, other alphabets' lookalikes, other spellings or meaning: for that there is holding an
alert until the creator has read it.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_WORDS: Final = 500
MAX_WORD_CHARS: Final = 60
REPLACEMENT: Final = "\u2217\u2217\u2217"

_SIGNS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"}
)
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03b5\u03bf\u03c1\u03b9\u03ba\u03bd\u03c4\u03c5\u03c7",
    "aeopcxyijskmtbhaeopikvtux",
)
_TOKEN = re.compile(r"\S+")
_RUN = re.compile(r"[^\W_]+")
_REPEATED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class WordFilter:
    """Words as the creator wrote them; one with ``*`` at its end also stands for longer words."""

    words: tuple[str, ...] = ()

    def cleaned(self, text: str) -> str:
        """The text with each unwanted word replaced; what stands around it stays."""
        exact, beginnings = self._folded()
        if not exact and not beginnings:
            return text

        def is_unwanted(word: str) -> bool:
            folded = _fold(word)
            return folded in exact or bool(beginnings and folded.startswith(beginnings))

        def replace_runs(run: re.Match[str]) -> str:
            return REPLACEMENT if is_unwanted(run.group()) else run.group()

        def replace_token(token: re.Match[str]) -> str:
            word = token.group()
            # A closing "!" is mostly no letter: both readings are tried.
            if is_unwanted(word) or is_unwanted(word.strip("!?.,;:'\"()")):
                return REPLACEMENT
            return _RUN.sub(replace_runs, word)

        return _TOKEN.sub(replace_token, text)

    def _folded(self) -> tuple[frozenset[str], tuple[str, ...]]:
        # A "word" of signs alone would stand for a letter, and take every such letter away.
        bounded = [
            word[:MAX_WORD_CHARS].strip()
            for word in self.words[:MAX_WORDS]
            if any(map(str.isalnum, word))
        ]
        exact = {_fold(word) for word in bounded if not word.endswith("*")}
        beginnings = {_fold(word) for word in bounded if word.endswith("*")}
        return frozenset(exact), tuple(sorted(beginnings))


def _fold(word: str) -> str:
    """What a word is compared by."""
    plain = unicodedata.normalize("NFKD", word).casefold().translate(_LOOKALIKES)
    letters = "".join(c for c in plain.translate(_SIGNS) if c.isalnum())
    return _REPEATED.sub(r"\1", letters)
