"""The type scale: one family of the system's own, seven sizes, tabular figures for amounts."""

from enum import Enum

from PySide6.QtGui import QFont

FAMILIES = (
    "Inter",
    "SF Pro Text",
    "Segoe UI Variable Text",
    "Segoe UI",
    "Noto Sans",
    "Cantarell",
    "DejaVu Sans",
    "Noto Color Emoji",
    "Segoe UI Emoji",
    "Apple Color Emoji",
)
MONOSPACE = ("SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", "monospace")


class Type(Enum):
    """A step of the scale: size in logical pixels, and weight."""

    DISPLAY = (30, 700)
    TITLE = (21, 700)
    HEADING = (16, 700)
    STRONG = (14, 600)
    BODY = (14, 400)
    SMALL_STRONG = (12, 600)
    SMALL = (12, 400)


def font(step: Type, *, tabular: bool = False) -> QFont:
    """The font of a step; `tabular` gives every figure the same width, for amounts that change."""
    result = QFont()
    result.setFamilies(list(FAMILIES))
    size, weight = step.value
    result.setPixelSize(size)
    result.setWeight(QFont.Weight(weight))
    result.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def monospace(step: Type) -> QFont:
    """A fixed-width font of the step's size, for keys and invoices."""
    result = font(step)
    result.setFamilies(list(MONOSPACE))
    return result
