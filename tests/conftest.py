"""What holds for every test: no clock fails one, and Qt may be missing."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.nodes import Member, World

# On a machine that stands still for a moment an example takes long, and nothing is wrong with it.
settings.register_profile("patient", settings(settings.default, deadline=None))
settings.load_profile("patient")


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


def pytest_collection_finish() -> None:
    # What was read and collected stays to the end: no round of the collector need look at it.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def old_objects_are_not_searched() -> Iterator[None]:
    """What a file's tests leave is not looked at again whenever a later one collects garbage."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
def fan(made: "World") -> "Member":
    """Who pays, in the world that the test's own file makes."""
    return made.members["fan"]


@pytest.fixture
def creator(made: "World") -> "Member":
    """Who is paid in it."""
    return made.members["creator"]
