"""Rules of ARCHITECTURE.md, part 2, that are about single modules and calls."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, callers, importers, modules

ONE_MODULE = {
    "coincurve": {"crypto/secp256k1.py"},
    # The cipher of the vault's file is the adapter's own business.
    "cryptography": {"crypto/aead.py", "crypto/stretching.py", "adapters/secrets/vault.py"},
    "dns": {
        "adapters/net/denial.py",
        "adapters/net/dns_records.py",
        "adapters/net/dnssec.py",
        "adapters/net/name_server.py",
        "adapters/net/payment_names.py",
    },
    "pbk": {"practice/chain.py", "practice/judge.py"},
    "nostr_sdk": {"practice/relay.py"},
    "keyring": {"adapters/secrets/keyring.py"},
    "qasync": {"ui/loop.py"},
    "zxingcpp": {"ui/widgets/code_reading.py"},
}


@pytest.mark.parametrize("library", ONE_MODULE)
def test_a_library_is_touched_in_its_own_module_only(library: str) -> None:
    assert importers(library) <= ONE_MODULE[library]


@pytest.mark.parametrize(
    ("library", "package"), [("bdkpython", "adapters/wallet/"), ("sqlite3", "adapters/storage/")]
)
def test_a_library_is_touched_in_its_own_package_only(library: str, package: str) -> None:
    assert [path for path in importers(library) if not path.startswith(package)] == []


def test_widgets_are_known_to_views_and_widgets_only() -> None:
    allowed = (
        "ui/views/",
        "ui/widgets/",
        "ui/main.py",
        "ui/program.py",
        "ui/start.py",
        "ui/loop.py",
    )
    assert [p for p in importers("PySide6.QtWidgets") if not p.startswith(allowed)] == []


def test_no_second_event_loop_runs_inside_the_first() -> None:
    assert callers(".exec") <= {"ui/main.py"}
    assert callers(".processEvents") == set()


def test_every_task_has_an_owner() -> None:
    # A TaskGroup's own create_task is welcome: it cannot lose a task.
    # The vault's write is awaited to its end even when its caller is cancelled.
    # So is the end of a file that is exported, as it is moved to its place in a thread.
    # A poller stops its one task, and waits for it.
    # A tunnel ends the connections that it accepted, and waits for them.
    # An order to a wallet goes on when whoever gave it is cancelled; `close` ends the waiting.
    may = {
        "app/lifecycle.py",
        "ui/loop.py",
        "adapters/secrets/vault.py",
        "services/timeline.py",
        "adapters/chain/polling.py",
        "adapters/chain/tunnel.py",
        "adapters/payments/orders.py",
    }
    assert callers(".asyncio.create_task") | callers(".ensure_future") <= may
    assert callers("get_running_loop().create_task") | callers(".loop.create_task") <= may


def test_a_package_is_opened_by_a_docstring_and_holds_no_code() -> None:
    for path, tree in modules().items():
        if not path.endswith("__init__.py"):
            continue
        assert ast.get_docstring(tree), f"{path} does not say what it is"
        rest = [n for n in tree.body[1:] if path != "__init__.py" or not isinstance(n, ast.Assign)]
        assert rest == [], f"{path} holds code"


def test_nothing_is_swallowed() -> None:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or ast.unparse(node.type) in {
                    "Exception",
                    "BaseException",
                }
                silent = all(isinstance(n, ast.Pass) for n in node.body)
                assert not (broad and silent), f"{path}:{node.lineno} swallows every error"


def test_no_file_names_a_package_index() -> None:
    hosts = ("pypi." + "org", "python" + "hosted", "--index-" + "url")
    packaging = [path for path in (ROOT / "packaging").rglob("*") if path.is_file()]
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *packaging):
        text = path.read_bytes().decode("utf-8", "replace")
        assert not [host for host in hosts if host in text], path


def test_nothing_kept_in_the_repository_points_out_of_it() -> None:
    """A link made for one machine's convenience breaks every fresh clone."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no clone")
    assert [line for line in listed.stdout.splitlines() if line.startswith("120000")] == []


def test_the_first_window_is_seen_before_anything_heavy_is_loaded() -> None:
    heavy = ("aiohttp", "bdkpython", "keyring", "websockets", "tipdesk.node", "tipdesk.ui.main")
    code = "import sys, tipdesk.__main__, tipdesk.ui.start; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in heavy if name in done.stdout.split()] == []


ONE_DOOR = {
    "adapters/net/way_out.py": "the door itself",
    "adapters/net/web_connector.py": "HTTP, over sockets that the door gives",
    "adapters/net/tcp.py": "peers, over sockets that the door gives",
    "adapters/net/http.py": "HTTP, with its connector",
    "adapters/payments/own_server.py": "HTTP and TLS, over sockets that the door gives",
    "adapters/chain/pins.py": "TLS, over sockets that the door gives",
    "adapters/chain/electrum.py": "Electrum, over sockets that the door gives",
    "adapters/chain/tunnel.py": "over sockets that the door gives",
    "adapters/relays/websocket.py": "websockets, over sockets that the door gives",
    "adapters/net/name_server.py": "DNS, over sockets that the door gives",
    "adapters/rates/sources.py": "websockets, over sockets that the door gives",
    "adapters/control/client.py": "this machine's control port, written out as 127.0.0.1",
    "adapters/wallet/server.py": "bdk, which is given ports of this machine: app/chain",
}
"""Whatever opens a connection, and why it may."""
OPENERS = (
    *(
        ".create_connection",
        ".open_connection",
        ".start_connection",
        ".sock_connect",
        ".connect_ex",
    ),
    *(".getaddrinfo", ".gethostbyname", ".gethostbyaddr", ".getnameinfo", ".getfqdn"),
    *(".create_datagram_endpoint", ".urlopen", ".start_tls", ".connect_ex", ".socket.socket"),
    *(".ClientSession", ".TCPConnector", ".ElectrumClient", ".EsploraClient"),
    *(".QNetworkAccessManager", ".QTcpSocket", ".QSslSocket", ".QUdpSocket", ".QWebSocket"),
)
OUTSIDE = ("practice/", "demo/")
"""The practice network is a process of its own, and leaves this machine nowhere."""


def test_only_the_one_door_and_what_it_serves_opens_connections() -> None:
    opening = {path for name in OPENERS for path in callers(name)}
    opening |= importers("websockets.asyncio.client.connect") | importers("urllib.request")
    opening |= importers("http.client") | importers("smtplib") | importers("ftplib")
    opening |= importers("aiohappyeyeballs") | importers("PySide6.QtNetwork")
    found = {path for path in opening if not path.startswith(OUTSIDE)}
    assert found <= set(ONE_DOOR)


def test_sockets_that_are_connected_are_made_in_the_one_door_alone() -> None:
    assert callers("start_connection") == {"adapters/net/way_out.py"}
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                (".create_connection", ".open_connection", "websockets.connect")
            ):
                names = {keyword.arg for keyword in node.keywords}
                assert "sock" in names or None in names, f"{path}:{node.lineno} has no socket"


def test_a_command_loads_neither_the_practice_network_nor_the_window() -> None:
    heavy = ("pbk", "nostr_sdk", "PySide6", "tipdesk.practice.network")
    code = "import sys, tipdesk.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in heavy if name in done.stdout.split()] == []
