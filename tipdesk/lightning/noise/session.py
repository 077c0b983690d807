"""BOLT 8 without a socket: bytes in, messages out, and the other way round.

    session = NoiseSession.initiator(static_key, ephemeral, remote)
    transport.write(session.data_to_send())
    session.receive_data(transport.read())      # raises NoiseError: close the connection
    for message in session.messages_received(): ...

A session holds less than one message of input; whoever feeds it large pieces drains it after each.
"""

from typing import Final, Self

from tipdesk.base.ids import NodeId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.noise.cipher import DirectionCipher
from tipdesk.lightning.noise.errors import HandshakeCutShort, NoiseError
from tipdesk.lightning.noise.handshake import (
    ACT_ONE_BYTES,
    ACT_THREE_BYTES,
    ACT_TWO_BYTES,
    InitiatorHandshake,
    ResponderHandshake,
)

MAX_MESSAGE_BYTES: Final = 65535
_TAG_BYTES = 16
_SEALED_LENGTH_BYTES = 2 + _TAG_BYTES
_ACT_BYTES = {1: ACT_ONE_BYTES, 2: ACT_TWO_BYTES, 3: ACT_THREE_BYTES}


class NoiseSession:
    """One connection's transport, in either role."""

    def __init__(
        self, handshake: InitiatorHandshake | ResponderHandshake, remote: NodeId | None
    ) -> None:
        self._handshake = handshake
        self._remote = remote
        self._act = 2 if isinstance(handshake, InitiatorHandshake) else 1
        self._input = bytearray()
        self._output: list[bytes] = []
        self._messages: list[bytes] = []
        self._needed = _ACT_BYTES[self._act]
        self._body_expected = False
        self._ciphers: tuple[DirectionCipher, DirectionCipher] | None = None
        self._failure: NoiseError | None = None

    @classmethod
    def initiator(cls, static_key: PrivateKey, ephemeral: PrivateKey, remote: NodeId) -> Self:
        """A session to `remote`; `ephemeral` is fresh. `InvalidPoint` if `remote` is no key."""
        handshake = InitiatorHandshake(static_key, ephemeral, remote)
        session = cls(handshake, remote)
        session._output.append(handshake.act_one())
        return session

    @classmethod
    def responder(cls, static_key: PrivateKey, ephemeral: PrivateKey) -> Self:
        """A session with whoever connected; `ephemeral` is fresh."""
        return cls(ResponderHandshake(static_key, ephemeral), None)

    @property
    def handshake_complete(self) -> bool:
        """Whether messages can be sent, and `remote_node_id` is proven."""
        return self._ciphers is not None

    @property
    def remote_node_id(self) -> NodeId | None:
        """Who is on the other side; None while an incoming call is still anonymous."""
        return self._remote

    def receive_data(self, data: bytes) -> None:
        """Feeds bytes from the peer; `NoiseError` (again at every later call) if it cheated."""
        if self._failure is not None:
            raise self._failure
        self._input += data
        position = 0
        try:
            while len(self._input) - position >= self._needed:
                block = bytes(memoryview(self._input)[position : position + self._needed])
                position += self._needed
                self._receive_block(block)
        except NoiseError as error:
            self._failure = error
            raise
        finally:
            del self._input[:position]

    def receive_eof(self) -> None:
        """The peer closed: `HandshakeCutShort` if that was in the middle of the handshake."""
        if self._ciphers is None and self._failure is None:
            self._failure = HandshakeCutShort(
                act=self._act, received=len(self._input), expected=self._needed
            )
            raise self._failure

    def send(self, message: bytes) -> None:
        """Queues a message; ``ValueError`` above 65535 bytes or before the handshake is done."""
        if self._ciphers is None:
            raise ValueError("no message can be sent before the handshake is complete")
        if len(message) > MAX_MESSAGE_BYTES:
            raise ValueError(f"a message of {len(message)} bytes does not fit the transport")
        cipher = self._ciphers[0]
        self._output.append(cipher.seal(len(message).to_bytes(2, "big")))
        self._output.append(cipher.seal(message))

    def data_to_send(self) -> bytes:
        """All that waits for the socket; it is then no longer held here."""
        data = b"".join(self._output)
        self._output.clear()
        return data

    def messages_received(self) -> list[bytes]:
        """The messages since the last call, in order."""
        messages, self._messages = self._messages, []
        return messages

    def _receive_block(self, block: bytes) -> None:
        if self._ciphers is None:
            self._receive_act(block)
            return
        plaintext = self._ciphers[1].open(block)
        if self._body_expected:
            self._messages.append(plaintext)
            self._needed = _SEALED_LENGTH_BYTES
        else:
            self._needed = int.from_bytes(plaintext, "big") + _TAG_BYTES
        self._body_expected = not self._body_expected

    def _receive_act(self, block: bytes) -> None:
        if isinstance(self._handshake, InitiatorHandshake):
            self._output.append(self._handshake.act_three(block))
        elif self._act == 1:
            self._output.append(self._handshake.act_two(block))
            self._act, self._needed = 3, ACT_THREE_BYTES
            return
        else:
            self._remote = self._handshake.finish(block)
        self._ciphers = self._handshake.ciphers()
        self._needed = _SEALED_LENGTH_BYTES
