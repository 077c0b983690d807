"""The exceptions of the program, as a tree.

    TipDeskError
    +-- DecodeError          bytes or text that do not parse; the border says whose fault that is
    +-- PeerError            a remote party broke its protocol: fail or warn as the BOLT says
    +-- RequestError         the person or program asked for what cannot be: shown as a sentence
    +-- BackendError         the outside failed: try again, or the outcome is unknown
    +-- StorageError         our own storage is unusable: the app stops, the file stays as it is

Each rule that can be broken has a class of its own under one of these, and carries its operands.
What is refused in the normal course of things is a value (`Refused`), not an exception.
Anything else that is raised is a bug and goes to the supervisor of the place it happened in.
"""


class TipDeskError(Exception):
    """The root of every exception that TipDesk raises on purpose."""


class DecodeError(TipDeskError):
    """Bytes or text from outside that are not what they should be."""


class PeerError(TipDeskError):
    """A remote party broke the rules of its protocol."""


class RequestError(TipDeskError):
    """A request that cannot be met; its text is a sentence for the person who asked."""


class BackendError(TipDeskError):
    """A server, wallet or node outside failed to answer as it should."""


class StorageError(TipDeskError):
    """The database or a file of ours cannot be used; nothing was changed."""
