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
    # An order to a wallet goes on when whoever gave it is cancelled; `close` ends the waiting.
    may = {
        "app/lifecycle.py",
        "ui/loop.py",
        "adapters/secrets/vault.py",
        "services/timeline.py",
        "adapters/chain/polling.py",
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


def test_the_first_window_is_seen_before_anything_heavy_is_loaded() -> None:
    heavy = ("aiohttp", "bdkpython", "keyring", "websockets", "tipdesk.node", "tipdesk.ui.main")
    code = "import sys, tipdesk.__main__, tipdesk.ui.start; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in heavy if name in done.stdout.split()] == []
