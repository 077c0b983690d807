"""Colour roles in four sets, the spacing scale and the radii.

A colour is never named where it is used: what it is for is. Every text role has a contrast of at
least 4.5 on the surfaces it stands on, 7 in the sets of high contrast (checked by a test).
"""

from dataclasses import dataclass, replace
from enum import IntEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """One theme: each colour as ``#rrggbb``."""

    is_dark: bool
    is_stark: bool = False
    """High contrast: edges carry what soft grounds carry otherwise."""
    canvas: str
    """Behind everything."""
    rail: str
    """Navigation and status line."""
    surface: str
    """Cards and panels."""
    raised: str
    """What floats: popovers, notices."""
    sunken: str
    """Quiet controls."""
    field: str
    """What is written into."""
    hover: str
    """A quiet control under the pointer."""
    line: str
    line_strong: str
    ink: str
    ink_soft: str
    ink_faint: str
    accent: str
    """The bolt: money that is about to move, and the one primary action."""
    accent_hover: str
    accent_soft: str
    accent_ink: str
    """Accent as text."""
    on_accent: str
    good: str
    good_soft: str
    bad: str
    bad_soft: str
    busy: str
    """Under way."""
    busy_soft: str
    theirs: str
    """The other side of a channel."""
    shadow: str


LIGHT = Roles(
    is_dark=False,
    canvas="#f6f5f2",
    rail="#efede8",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#f3f1ed",
    field="#f6f4f0",
    hover="#e9e6e0",
    line="#e5e1da",
    line_strong="#cfc9bf",
    ink="#1d1b18",
    ink_soft="#575249",
    ink_faint="#6f6a61",
    accent="#f7a51c",
    accent_hover="#ec9605",
    accent_soft="#fdf0d8",
    accent_ink="#8c5200",
    on_accent="#261a02",
    good="#1a7447",
    good_soft="#e2f3e9",
    bad="#b8322a",
    bad_soft="#fbe8e5",
    busy="#2f62b5",
    busy_soft="#e6edf9",
    theirs="#a9b8cf",
    shadow="#3d2f16",
)

DARK = Roles(
    is_dark=True,
    canvas="#131415",
    rail="#18191b",
    surface="#1d1e21",
    raised="#27292d",
    sunken="#2c2e33",
    field="#18191b",
    hover="#383b41",
    line="#2f3136",
    line_strong="#43464c",
    ink="#f2f0eb",
    ink_soft="#b9b5ad",
    ink_faint="#98948c",
    accent="#ffb02e",
    accent_hover="#ffbf55",
    accent_soft="#3a2c12",
    accent_ink="#ffc25c",
    on_accent="#261a02",
    good="#57c98d",
    good_soft="#17301f",
    bad="#ff8a7e",
    bad_soft="#3d1f1c",
    busy="#8ab4f8",
    busy_soft="#1c2a42",
    theirs="#5c6c86",
    shadow="#000000",
)

STARK_LIGHT = replace(
    LIGHT,
    is_stark=True,
    canvas="#ffffff",
    rail="#ffffff",
    sunken="#ffffff",
    field="#ffffff",
    hover="#ffe9b8",
    line="#1d1b18",
    line_strong="#000000",
    ink="#000000",
    ink_soft="#1d1b18",
    ink_faint="#35322d",
    accent="#f7a51c",
    accent_hover="#ffbf55",
    accent_soft="#ffe9b8",
    accent_ink="#5c3500",
    on_accent="#000000",
    good="#0b4f2c",
    good_soft="#ffffff",
    bad="#8c140d",
    bad_soft="#ffffff",
    busy="#123d85",
    busy_soft="#ffffff",
    theirs="#5c6c86",
)

STARK_DARK = replace(
    DARK,
    is_stark=True,
    canvas="#000000",
    rail="#000000",
    surface="#000000",
    raised="#000000",
    sunken="#000000",
    field="#000000",
    hover="#3a2c00",
    line="#e9e6e0",
    line_strong="#ffffff",
    ink="#ffffff",
    ink_soft="#f2f0eb",
    ink_faint="#dcd9d2",
    accent="#ffc53d",
    accent_hover="#ffd97a",
    accent_soft="#3a2c00",
    accent_ink="#ffd97a",
    on_accent="#000000",
    good="#8cf0b8",
    good_soft="#000000",
    bad="#ffb3aa",
    bad_soft="#000000",
    busy="#b5d2ff",
    busy_soft="#000000",
    theirs="#a9b8cf",
)

AVATAR_HUES = (14, 38, 88, 152, 176, 204, 232, 268, 300, 334)
"""Hues in degrees for people without a picture."""


class Space(IntEnum):
    """The spacing scale, in logical pixels."""

    HAIR = 2
    TIGHT = 4
    SNUG = 8
    NEAR = 12
    ROOM = 16
    WIDE = 24
    FAR = 32


class Radius(IntEnum):
    """Corner radii, in logical pixels."""

    SMALL = 6
    CONTROL = 9
    CARD = 14
    PILL = 999


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
