"""What holds for every test: heavy files stay on one worker, Qt may be missing."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
HEAVY = frozenset({"practice", "interop", "ui"})
"""Folders whose files start processes or windows: a file's tests share them on one worker."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    # Where Qt's system libraries are missing pytest-qt is left out, and its option is unknown.
    if not pluginmanager.hasplugin("pytest-qt"):
        parser.addini("qt_api", "what pytest-qt would use")


def pytest_report_header(config: pytest.Config) -> str:
    has_qt = config.pluginmanager.hasplugin("pytest-qt")
    return "" if has_qt else "tests of the window left out: Qt's system libraries are missing"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Files of the window import Qt: without it they cannot even be read.
    if collection_path.name == "ui" and not config.pluginmanager.hasplugin("pytest-qt"):
        return True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HEAVY.intersection(item.path.relative_to(TESTS).parts):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(TESTS))))
