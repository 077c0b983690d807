"""Why what a person pasted or filled in connects with no wallet: one class per rule.

The sentences never repeat the text: there is a secret in it.
"""

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase


class WalletLinkError(DecodeError):
    """Text that connects with no wallet; the sentence is for the person who pasted it."""


class NotAWalletLink(WalletLinkError):
    """The text is no link of a kind that is known here."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This is no link to a wallet that TipDesk knows. It begins with lndconnect, "
                "clnrest or http, or fill in address and key below."
            )
        )


class BadServerAddress(WalletLinkError):
    """The address names no server."""

    def __init__(self) -> None:
        super().__init__(Phrase("The server's address cannot be read. Write it as host:port."))


class PlainHttpRefused(WalletLinkError):
    """`http` to a server on the internet: whoever is on the way could read the key."""

    def __init__(self, *, host: str) -> None:
        super().__init__(
            Phrase(
                "{host} is not in your own network, and http would show your key to everybody on "
                "the way there. Use an https address.",
                host=host,
            )
        )
        self.host = host


class GrpcPort(WalletLinkError):
    """LND's link leads to its gRPC port, where no REST is spoken."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This link leads to LND's gRPC port (10009). TipDesk speaks to the REST port, "
                "mostly 8080: make a link for REST."
            )
        )


class BadMacaroon(WalletLinkError):
    """LND: the key is no macaroon."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The macaroon cannot be read. Paste the whole of it, in hexadecimal or base64: "
                "the content of the file, not its name."
            )
        )


class BadRune(WalletLinkError):
    """Core Lightning: the key is no rune."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("The rune cannot be read. Paste the whole of it, as createrune printed it.")
        )


class BadPassword(WalletLinkError):
    """phoenixd: there is no password, or one that it could not have."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The password cannot be used. It is the http-password in phoenixd's phoenix.conf."
            )
        )


class BadFingerprint(WalletLinkError):
    """The certificate or its fingerprint cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The certificate's fingerprint cannot be read: it is 64 hexadecimal digits "
                "(SHA-256), or paste the certificate itself."
            )
        )


class BadStoredLink(WalletLinkError):
    """Bytes from the vault that are no link of ours."""

    def __init__(self) -> None:
        super().__init__(Phrase("What was kept to reach your wallet cannot be read."))
