"""What became of something, as the window says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """What became of something; `tone` is of the text: good, bad, or soft while under way."""

    text: str
    tone: str = "soft"
