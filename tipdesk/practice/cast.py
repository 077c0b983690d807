"""Who lives on the practice network: three routing nodes, three creators, and what they post."""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.units import Sat


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A node of the cast; creators have a user name, an about line and posts."""

    name: str
    alias: str
    user: str = ""
    title: str = ""
    about: str = ""

    @property
    def is_creator(self) -> bool:
        """Whether it is tipped rather than routing."""
        return bool(self.user)


ROUTERS: Final = (
    Member(name="router-1", alias="North Harbour"),
    Member(name="router-2", alias="Old Bridge"),
    Member(name="router-3", alias="Salt Market"),
)

CREATORS: Final = (
    Member(
        name="musician",
        alias="Mira plays",
        user="mira",
        title="Mira Okafor",
        about="Cello, loops, small rooms. New sketches every week.",
    ),
    Member(
        name="photographer",
        alias="Jonas pictures",
        user="jonas",
        title="Jonas Lind",
        about="Landscapes before breakfast. Prints on request.",
    ),
    Member(
        name="writer",
        alias="Ana writes",
        user="ana",
        title="Ana Belmonte",
        about="Essays on towns, trains and the price of bread.",
    ),
)

CAST: Final = ROUTERS + CREATORS

TRIANGLE: Final = (
    ("router-1", "router-2", Sat(12_000_000)),
    ("router-1", "router-3", Sat(12_000_000)),
    ("router-2", "router-3", Sat(8_000_000)),
)
"""Who opens to whom: the opener's side holds all of it at first."""

TO_CREATORS: Final = tuple(
    (router, creator.name, Sat(6_000_000))
    for creator in CREATORS
    for router in ("router-2", "router-3")
)
"""Every creator can be reached by two ways, neither of them through the first router alone."""

NOTE: Final = 1
PICTURE: Final = 20
ARTICLE: Final = 30023


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it is signed; a picture's image is drawn from its text."""

    kind: int
    text: str
    title: str = ""


_MUSICIAN = (
    Draft(
        NOTE,
        "Recorded the rain on the studio roof tonight and tuned the loop to it. It wants "
        "to be in D minor, so D minor it is.",
    ),
    Draft(
        NOTE,
        "Soundcheck in a bakery. The ovens hum at about 110 Hz, which is an A if you are "
        "generous. I was generous.",
    ),
    Draft(
        NOTE,
        "Thank you for 21 sats from somewhere I have never been. That is one new string "
        "for every four hundred of you.",
    ),
    Draft(NOTE, "Question for the room: do you want the practice takes as well, mistakes and all?"),
    Draft(NOTE, "New sketch is up: «Low Tide». Two cellos, one player, no metronome."),
    Draft(
        NOTE,
        "Played the slow movement for a class of seven-year-olds. One of them asked "
        "whether the cello was sad or only tall.",
    ),
)
_PHOTOGRAPHER = (
    Draft(PICTURE, "Five minutes before the fog decided otherwise.", "First light"),
    Draft(PICTURE, "The ridge above the reservoir, second attempt.", "Ridge line"),
    Draft(PICTURE, "No filter, only patience and a thermos.", "Blue hour"),
    Draft(PICTURE, "The moon came up exactly where the map said it would.", "Almanac"),
    Draft(PICTURE, "Wind from the west, three layers of hills, one cold hand.", "Layers"),
    Draft(PICTURE, "I walked back without the tripod. It is still up there.", "Evening, Sunday"),
)
_WRITER = (
    Draft(
        ARTICLE,
        "A loaf costs what it costs because somebody is awake at three. I spent a week with the "
        "people who are.\n\nThe first thing you learn is that nobody talks before five. The "
        "second is that flour is priced by the truck and sold by the spoon, and that everything "
        "in between is someone's rent.\n\nWhen the card machine broke on Thursday, the owner "
        "laughed. «Thirty cents», she said, «on a roll of eighty. For one day I am rich.»",
        "The price of bread",
    ),
    Draft(
        NOTE,
        "Draft two of the train essay is shorter than draft one. This has never happened "
        "to me before.",
    ),
    Draft(
        ARTICLE,
        "Every small station has a clock, and every clock is wrong in its own way. I have begun "
        "to collect them.\n\nIn Altena it is four minutes fast, so that the town is never late. "
        "In Broch it stopped during a wedding and nobody had the heart to mend it.",
        "Station clocks",
    ),
    Draft(NOTE, "Overheard: «I do not read newspapers any more, I read receipts.»"),
    Draft(
        NOTE,
        "If you tipped the bread piece: it paid for the flour in the last paragraph. Literally.",
    ),
    Draft(NOTE, "Tomorrow: a very long piece about a very short bridge."),
)

DRAFTS: Final = {"musician": _MUSICIAN, "photographer": _PHOTOGRAPHER, "writer": _WRITER}
"""What each creator posts, oldest first; the first four are there from the beginning."""

POSTED_AT_START: Final = 4
POST_EVERY_SECONDS: Final = 45.0
