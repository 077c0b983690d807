"""The check of locked packages against what the package index knows."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOCK = "keyring==25.6.0 ; python_version >= '3.11' \\\n    --hash=sha256:00\nAnyIO==4.1\n# b==1\n"
BAD = {
    "id": "GHSA-1",
    "aliases": ["CVE-2026-1", "GHSA-1"],
    "fixed_in": ["25.7"],
    "withdrawn": None,
}


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, over a lock file of its own."""
    spec = util.spec_from_file_location("audit", ROOT / "packaging" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "audit", module)
    spec.loader.exec_module(module)
    for name in module.LOCKS:
        (tmp_path / name).write_text(LOCK)
    monkeypatch.setattr(module, "HERE", tmp_path)
    return module


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A package index on this machine: what it says by path."""
    said: dict[str, Any] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path in said
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(json.dumps(said.get(self.path)).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    try:
        yield said
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_every_locked_package_is_asked_about_where_pip_asks(
    audit: ModuleType, index: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    withdrawn = {**BAD, "id": "GHSA-2", "withdrawn": "2026-01-01"}
    index["/pypi/keyring/25.6.0/json"] = {"vulnerabilities": [BAD, withdrawn]}
    index["/pypi/anyio/4.1/json"] = {"vulnerabilities": []}
    assert audit.main([]) == 1
    told = capsys.readouterr()
    assert told.out == "keyring 25.6.0: GHSA-1, CVE-2026-1; fixed in 25.7\n"
    assert "2 locked packages, 1 known vulnerabilities" in told.err
    assert audit.main(["anyio"]) == 0


@pytest.mark.parametrize("answer", [{}, [], {"vulnerabilities": None}])
def test_an_index_that_publishes_none_is_told_and_is_no_pass(
    audit: ModuleType, index: dict[str, Any], capsys: pytest.CaptureFixture[str], answer: object
) -> None:
    index["/pypi/anyio/4.1/json"] = answer
    assert audit.main([]) == 2
    assert "does not publish vulnerabilities" in capsys.readouterr().err


def test_an_index_that_does_not_answer_is_told_and_is_no_pass(
    audit: ModuleType, index: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main([]) == 2
    assert "says nothing about anyio 4.1" in capsys.readouterr().err
