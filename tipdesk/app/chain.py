"""Which chain servers a profile asks, from its settings, and the source over all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from tipdesk.adapters.chain.bitcoind import BitcoindSource
from tipdesk.adapters.chain.compared import ComparedSource
from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.chain.esplora import EsploraSource
from tipdesk.adapters.chain.header_file import HeaderFile
from tipdesk.adapters.chain.pins import PinFile, PinnedTls
from tipdesk.adapters.chain.rpc import BitcoindRpc
from tipdesk.adapters.chain.tunnel import HttpTunnel, Tunnel
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.wallet.server import WalletPlace
from tipdesk.app.config import InvalidSettings, Settings
from tipdesk.base.internet import is_ip_address, is_public
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import rules_of
from tipdesk.ports.chain import ChainSource, SourceUnreachable

PINS: Final = "pins"
_FORMS: Final = Phrase(
    "ssl://host:port or tcp://host:port for an Electrum server, https://host/path for Esplora, "
    "bitcoind://user:password@host:port or bitcoind://host:port?cookie=/path/to/.cookie"
)


class Kind(Enum):
    """What a chain server speaks."""

    ELECTRUM = "electrum"
    ESPLORA = "esplora"
    BITCOIND = "bitcoind"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainServer:
    """One server of the settings."""

    kind: Kind
    host: str
    port: int
    url: str = ""
    """For those that are asked over HTTP."""
    secure: bool = False
    """Over TLS."""
    digest: str | None = None
    """SHA-256 of the only certificate that will do."""
    user: str = ""
    """`user:password`."""
    cookie: str = ""
    """Path of the file that has it."""

    @property
    def place(self) -> str:
        """How it is named to the person: without a password."""
        return f"{self.host}:{self.port}"

    @property
    def is_near(self) -> bool:
        """Whether what is sent there in the clear stays on this computer or its own network."""
        if is_ip_address(self.host):
            return not is_public(self.host)
        # An onion service is spoken to over a circuit that nobody on the way can read.
        return self.host == "localhost" or self.host.endswith((".local", ".onion", ".lan"))


def parse_server(text: str) -> ChainServer:
    """A server as the settings write it; `InvalidSettings` that names the forms otherwise.

    A certificate may be demanded: ``ssl://host:port#sha256=<64 digits>``.
    """
    full = text if "://" in text else f"tcp://{text}"
    try:
        parts = urlsplit(full)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _malformed(text) from None
    if not host or not full.isascii() or not full.isprintable() or " " in full:
        raise _malformed(text)
    match parts.scheme:
        case "tcp" | "ssl" if port:
            digest = _digest(parts.fragment, text) if parts.fragment else None
            return ChainServer(
                kind=Kind.ELECTRUM,
                host=host,
                port=port,
                secure=parts.scheme == "ssl",
                digest=digest,
            )
        case "http" | "https" if not parts.username and not parts.fragment:
            secure = parts.scheme == "https"
            return ChainServer(
                kind=Kind.ESPLORA,
                host=host,
                port=port or (443 if secure else 80),
                url=full,
                secure=secure,
            )
        case "bitcoind" if port:
            return _bitcoind(parts, host, port, text)
        case _:
            raise _malformed(text)


def _bitcoind(parts: SplitResult, host: str, port: int, text: str) -> ChainServer:
    cookie = parse_qs(parts.query).get("cookie", [""])[0]
    user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    if not cookie and (not parts.username or not parts.password):
        raise _malformed(text)
    shown = f"[{host}]" if ":" in host else host
    return ChainServer(
        kind=Kind.BITCOIND,
        host=host,
        port=port,
        url=f"http://{shown}:{port}/",
        user="" if cookie else user,
        cookie=cookie,
    )


def _digest(fragment: str, text: str) -> str:
    name, _, digits = fragment.partition("=")
    digest = digits.replace(":", "").lower()
    if name != "sha256" or len(digest) != 64 or digest.strip("0123456789abcdef"):
        raise _malformed(text)
    return digest


def _malformed(text: str) -> InvalidSettings:
    # What stands before an @ may be a password.
    return InvalidSettings(
        Phrase(
            "{text} is no chain server: write {forms}.",
            text=f"{text.rpartition('@')[2][:80]!r}",
            forms=_FORMS,
        )
    )


def servers_of(settings: Settings) -> tuple[ChainServer, ...]:
    """The servers to ask; `InvalidSettings` if they are none, too few or not safe enough."""
    texts = settings.chain_servers or ((settings.electrum,) if settings.electrum else ())
    servers = tuple(parse_server(text) for text in texts)
    if not servers:
        raise InvalidSettings(
            Phrase("No chain server is set. In chain_servers, write {forms}.", forms=_FORMS)
        )
    if settings.network is Network.REGTEST:
        return servers
    for server in servers:
        if not server.secure and not server.is_near:
            raise InvalidSettings(
                Phrase(
                    "What is asked of {place} could be read and changed on the way: use ssl:// or "
                    "https://, or a server of your own network.",
                    place=server.place,
                )
            )
    own = any(server.kind is Kind.BITCOIND for server in servers)
    if len(servers) == 1 and not own and not settings.one_server_accepted:
        raise InvalidSettings(
            Phrase(
                "{place} alone could keep from you that a channel was closed. Name a second "
                "server of somebody else in chain_servers, or your own bitcoind; or set "
                "one_server_accepted = true if you trust it.",
                place=servers[0].place,
            )
        )
    return servers


def wallet_server_of(settings: Settings, servers: tuple[ChainServer, ...]) -> ChainServer:
    """Where bdk asks: it speaks to Electrum and Esplora servers, not to bitcoind."""
    if settings.wallet_server:
        servers = (parse_server(settings.wallet_server),)
    fit = [server for server in servers if server.kind is not Kind.BITCOIND]
    if not fit:
        raise InvalidSettings(
            Phrase(
                "The on-chain wallet cannot ask bitcoind itself: name an Electrum or "
                "Esplora server "
                "in wallet_server, such as electrs beside your bitcoind."
            )
        )
    return fit[0]


class ChainAccess:
    """The connections of one profile to its chain servers. `start` before use, `close` after."""

    def __init__(self, folder: Path, settings: Settings, way: WayOut) -> None:
        """`InvalidSettings` says what is wrong with the servers."""
        self._settings = settings
        self._way = way
        self._pins = PinFile(folder / PINS)
        self._http = ChosenServerClient(way)
        servers = servers_of(settings)
        self._wallet = wallet_server_of(settings, servers)
        self._tunnel = self._wallet_tunnel(self._wallet)
        self.has_own_node = any(one.kind is Kind.BITCOIND for one in servers)
        """Whether a full node of one's own answers: it can be asked much."""
        network = settings.network
        file = HeaderFile(folder / f"headers-{network.value}", rules_of(network))
        self.source = ComparedSource([(one.place, self._source(one)) for one in servers], file)

    async def start(self) -> WalletPlace:
        """Where the wallet asks: on this machine, whence a tunnel of ours leads on."""
        here = f"127.0.0.1:{await self._tunnel.start()}"
        if self._wallet.kind is Kind.ELECTRUM:
            return WalletPlace(f"tcp://{here}")
        return WalletPlace(self._wallet.url, http_proxy=f"http://{here}")

    async def close(self) -> None:
        """Ends what is not the source's."""
        await self._tunnel.stop()
        await self._http.close()

    def _wallet_tunnel(self, server: ChainServer) -> Tunnel:
        if server.kind is Kind.ESPLORA:
            return HttpTunnel(server.host, server.port, self._way)
        tls = self._tls(server) if server.secure else None
        return Tunnel(server.host, server.port, self._way, tls=tls)

    def _tls(self, server: ChainServer) -> PinnedTls:
        return PinnedTls(self._pins, self._way, demanded=server.digest)

    def _source(self, server: ChainServer) -> ChainSource:
        network = self._settings.network
        match server.kind:
            case Kind.ELECTRUM:
                tls = self._tls(server) if server.secure else None
                return ElectrumSource(server.host, server.port, network, self._way, tls=tls)
            case Kind.ESPLORA:
                return EsploraSource(self._http, server.url, network)
            case Kind.BITCOIND:
                rpc = BitcoindRpc(self._http, server.url, _credentials(server))
                return BitcoindSource(rpc, network, birth=self._settings.birth_height)


def _credentials(server: ChainServer) -> Callable[[], str]:
    def read() -> str:
        if not server.cookie:
            return server.user
        try:
            return Path(server.cookie).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SourceUnreachable(
                Phrase(
                    "bitcoind's cookie {cookie} cannot be read: {error}",
                    cookie=server.cookie,
                    error=in_words(error),
                )
            ) from error

    return read
