"""A profile's settings: a TOML file that a person may read, written by TipDesk and by hand."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.ports.names import BadNameServer, read_name_server
from tipdesk.ports.way_out import BadProxyAddress, ProxyChoice, ProxyScope, read_proxy

SETTINGS_FILE = "tipdesk.toml"
DEFAULT_CAP: Final = 1_000_000
MAINNET_RISK: Final = Phrase(
    "Mainnet is real money, and TipDesk is young software. A fault in it, a lost profile or "
    "forgotten words, or a computer that is off for days while the other side of a channel "
    "cheats, can cost all that is in it, and nobody can bring it back. Put in only what you can "
    "afford to lose. As it comes, TipDesk takes no more than {cap} in all.",
    cap=Sat(DEFAULT_CAP),
)


class InvalidSettings(RequestError):
    """The settings file cannot be used; the text says where and why."""


class MainnetRiskNotAccepted(RequestError):
    """Mainnet was chosen, and nobody has said that its risk is known."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "{risk} If you accept this, set mainnet_risk_accepted = true in the profile's "
                "{file}. No money moved.",
                risk=MAINNET_RISK,
                file=SETTINGS_FILE,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a profile is set to. Every field has a line of its own in the file."""

    network: Network = Network.REGTEST
    alias: str = "TipDesk"
    electrum: str = ""
    """`host:port` of an Electrum-protocol server, if `chain_servers` names none."""
    chain_servers: tuple[str, ...] = ()
    """Addresses as `app/chain.parse_server` reads them; two are compared with each other."""
    wallet_server: str = ""
    """Where the on-chain wallet asks, if not at the first of the chain servers."""
    one_server_accepted: bool = False
    """That a single server that is not one's own may leave out what it likes."""
    birth_height: int = 0
    """No block below it holds anything of this profile: bitcoind's are read from there."""
    mainnet_risk_accepted: bool = False
    balance_cap_sat: int = DEFAULT_CAP
    """What the profile takes on mainnet, on chain and in channels together; 0: any amount."""
    backup_folder: str = ""
    """Where a second copy of the channel backup is kept: another disk, a synced folder."""
    relays: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    """npub or hexadecimal public keys."""
    fiat_currency: str = ""
    """Its ISO code; empty: no rate is asked for until a person turns fiat on in the app."""
    rate_sources: tuple[str, ...] = ()
    """As `adapters/rates/sources.make_sources` reads them; none: the public ones it knows."""
    media_server: str = ""
    """Where pictures of posts are uploaded to until a person chooses in the app; empty: nowhere."""
    name_server: str = ""
    """Where payment names (BIP 353) are looked up, `https://host/path` or `tcp://address:port`."""
    proxy: str = ""
    """`address:port` of a SOCKS5 proxy such as Tor; empty: 127.0.0.1:9050."""
    proxy_for: str = "off"
    """What goes through it until a person chooses in the app: off, onion or everything."""
    listen_port: int = 0
    """0: no peer can call us."""
    forwards: bool = False
    accepts_static_remotekey: bool = False
    """Whether old peers may open channels without anchors to us."""
    receive_user: str = ""
    """The name before the @ of our lightning address; empty: we serve none."""
    receive_domain: str = ""
    """What stands behind its @; empty: this machine, for practice."""
    receive_port: int = 0
    profile_name: str = ""
    profile_about: str = ""
    profile_picture: str = ""

    def checked(self) -> "Settings":
        """Itself, unless it asks for what TipDesk must refuse."""
        for name in ("birth_height", "balance_cap_sat"):
            if getattr(self, name) < 0:
                raise InvalidSettings(Phrase("{name} cannot be less than nothing.", name=name))
        _ = self.proxy_choice
        if self.name_server:
            try:
                read_name_server(self.name_server)
            except BadNameServer as error:
                raise InvalidSettings(in_words(error)) from None
        if self.network is Network.MAINNET and not self.mainnet_risk_accepted:
            raise MainnetRiskNotAccepted
        return self

    @property
    def proxy_choice(self) -> ProxyChoice:
        """How connections leave; `InvalidSettings` if that cannot be."""
        try:
            scope = ProxyScope(self.proxy_for)
            return read_proxy(self.proxy, scope) if self.proxy else ProxyChoice(scope)
        except BadProxyAddress as error:
            raise InvalidSettings(in_words(error)) from None
        except ValueError:
            raise InvalidSettings(
                Phrase(
                    "proxy_for is one of {scopes}.",
                    scopes=", ".join(one.value for one in ProxyScope),
                )
            ) from None

    @property
    def balance_cap(self) -> Sat | None:
        """The most that the profile takes, None if there is no cap: coins of a test are free."""
        capped = self.network is Network.MAINNET and self.balance_cap_sat
        return Sat(self.balance_cap_sat) if capped else None


def load_settings(folder: Path) -> Settings:
    """The settings of the profile in `folder`; the defaults if there is no file."""
    path = folder / SETTINGS_FILE
    if not path.exists():
        return Settings()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidSettings(
            Phrase(
                "{path} cannot be read: {error}. Mend it or move it away.",
                path=path,
                error=in_words(error),
            )
        ) from error
    return from_table(table, str(path))


def from_table(table: dict[str, Any], where: str) -> Settings:
    """Settings from a parsed table; unknown names and wrong kinds are refused, and named."""
    known = {item.name for item in fields(Settings)}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            raise InvalidSettings(
                Phrase("{where}: there is no setting called {name}.", where=where, name=f"{name!r}")
            )
        values[name] = _value(name, value, where)
    return Settings(**values).checked()


def _value(name: str, value: Any, where: str) -> Any:  # noqa: ANN401 - a TOML value
    default = getattr(Settings(), name)
    if name == "network":
        try:
            return Network(value)
        except ValueError:
            raise InvalidSettings(
                Phrase("{where}: {value} is no network.", where=where, value=f"{value!r}")
            ) from None
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidSettings(
                Phrase("{where}: {name} is a list of texts.", where=where, name=name)
            )
        return tuple(value)
    if type(value) is not type(default):
        raise InvalidSettings(
            Phrase(
                "{where}: {name} is written like {default}.",
                where=where,
                name=name,
                default=f"{default!r}",
            )
        )
    return value


def save_settings(folder: Path, settings: Settings) -> None:
    """Writes the file anew, all at once."""
    lines = ["# TipDesk settings of this profile.\n"]
    for item in fields(Settings):
        lines.append(f"{item.name} = {_toml(getattr(settings, item.name))}\n")
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / (SETTINGS_FILE + ".new")
    temporary.write_text("".join(lines), encoding="utf-8")
    os.replace(temporary, folder / SETTINGS_FILE)


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Network():
            return _toml(value.value)
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            clean = "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped)
            return f'"{clean}"'
        case tuple():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            return str(value)
