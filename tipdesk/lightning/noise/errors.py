"""What a peer can do wrong in the transport; after any of these the connection is closed.

PeerError
+-- NoiseError
    +-- HandshakeCutShort      the connection ended inside an act
    +-- BadActVersion
    +-- BadActKey
    +-- BadActTag
    +-- BadActThreeCiphertext
    +-- BadMessageTag
"""

from tipdesk.base.errors import PeerError


class NoiseError(PeerError):
    """BOLT 8: the peer broke the transport's rules, or somebody stands between."""


class HandshakeCutShort(NoiseError):
    """BOLT 8, "Handshake Exchange": fewer bytes than the act has."""

    def __init__(self, *, act: int, received: int, expected: int) -> None:
        super().__init__(f"act {act} ended after {received} of {expected} bytes")
        self.act = act
        self.received = received
        self.expected = expected


class BadActVersion(NoiseError):
    """BOLT 8, "Handshake Versioning": only version 0 is known."""

    def __init__(self, *, act: int, version: int) -> None:
        super().__init__(f"act {act} has version {version}")
        self.act = act
        self.version = version


class BadActKey(NoiseError):
    """BOLT 8, "Handshake Exchange": the peer's key is no point of the curve."""

    def __init__(self, *, act: int, key: bytes) -> None:
        super().__init__(f"act {act} carries the key {key.hex()}, which is no point")
        self.act = act
        self.key = key


class BadActTag(NoiseError):
    """BOLT 8, "Handshake Exchange": the tag is wrong; in act one, the peer meant another node."""

    def __init__(self, *, act: int) -> None:
        super().__init__(f"act {act} has a wrong tag")
        self.act = act


class BadActThreeCiphertext(NoiseError):
    """BOLT 8, "Act Three": the initiator's sealed key was altered."""

    def __init__(self) -> None:
        super().__init__("act three carries a static key that does not open")


class BadMessageTag(NoiseError):
    """BOLT 8, "Receiving and Decrypting Messages": a message or its length was altered."""

    def __init__(self, *, number: int) -> None:
        super().__init__(f"sealed block {number} since the last key rotation has a wrong tag")
        self.number = number
