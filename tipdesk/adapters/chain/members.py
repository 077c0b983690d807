"""One of several chain servers, and how we stand to it."""

from dataclasses import dataclass
from enum import Enum

from tipdesk.bitcoin.facts import WantHeaders
from tipdesk.ports.chain import ChainSource, ChainTip


class ServerState(Enum):
    """How we stand to a server."""

    CONNECTED = "connected"
    AWAY = "away"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server, how we stand to it, and why if that is not good."""

    place: str
    state: ServerState
    reason: str = ""


@dataclass(eq=False, slots=True)
class Member:
    """A server, its last tip, and what it has yet to show of the headers below that."""

    place: str
    source: ChainSource
    state: ServerState = ServerState.AWAY
    reason: str = ""
    tip: ChainTip | None = None
    behind: WantHeaders | None = None
