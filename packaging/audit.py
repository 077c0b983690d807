"""Asks the package index whether the locked versions have known vulnerabilities: `make audit`.

The index is the one that pip is configured with. One question a package, each with its version; an
index that does not publish vulnerabilities, or is not reached, is said to be so and fails nothing
silently: the exit code is 0 if every package was asked about and none is known, 1 if some are, 2 if
it cannot be told.
"""

import argparse
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-package.lock")
SECONDS = 20
MOST_BYTES = 50_000_000
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_INDEX = re.compile(r"Package\s+Index\s+\(default\s+(\S+?)\)")


class CannotTellError(Exception):
    """The index does not answer, or not with vulnerabilities."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A vulnerability that the index knows of."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no fix is known"
        return f"{self.package} {self.version}: {', '.join(self.names)}; {fixed}"


def locked(texts: list[str]) -> list[tuple[str, str]]:
    """Every package and version of lock files, once."""
    return sorted({(name.lower(), version) for t in texts for name, version in _LOCKED.findall(t)})


def index_url() -> str:
    """Where pip asks, as its configuration and the environment have it."""
    command = [sys.executable, "-m", "pip", "download", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = _INDEX.search(said)
    if found is None:
        raise CannotTellError("pip does not say which package index it uses")
    return found[1]


def release(index: str, package: str, version: str) -> dict[str, Any]:
    """What the index says of one release; `CannotTellError` if nothing that can be read."""
    place = f"{index.rstrip('/').removesuffix('/simple')}/pypi/{package}/{version}/json"
    try:
        with urllib.request.urlopen(place, timeout=SECONDS) as answer:
            said = json.loads(answer.read(MOST_BYTES))
    except (OSError, ValueError) as error:
        why = error.reason if isinstance(error, urllib.error.URLError) else error
        raise CannotTellError(f"it says nothing about {package} {version} ({why})") from None
    if not isinstance(said, dict) or not isinstance(said.get("vulnerabilities"), list):
        raise CannotTellError("it does not publish vulnerabilities")
    return said


def vulnerabilities(package: str, version: str, said: dict[str, Any]) -> list[Found]:
    """Those of a release, without what was withdrawn."""
    return [
        Found(
            package,
            version,
            tuple(dict.fromkeys((str(one.get("id", "?")), *map(str, one.get("aliases") or ())))),
            tuple(map(str, one.get("fixed_in") or ())),
        )
        for one in said["vulnerabilities"]
        if isinstance(one, dict) and not one.get("withdrawn")
    ]


def main(names: list[str]) -> int:
    """Asks about every locked package, or those that are named; the exit code."""
    packages = locked([(HERE / name).read_text(encoding="utf-8") for name in LOCKS])
    wanted = [one for one in packages if not names or one[0] in names]
    found: list[Found] = []
    try:
        index = index_url()
        for package, version in wanted:
            found += vulnerabilities(package, version, release(index, package, version))
    except CannotTellError as error:
        sys.stderr.write(f"tipdesk: the package index was asked, and {error}: nothing is known.\n")
        return 2
    for one in sorted(found):
        sys.stdout.write(f"{one}\n")
    sys.stderr.write(
        f"tipdesk: {len(wanted)} locked packages, {len(found)} known vulnerabilities\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PACKAGE")
    sys.exit(main(parser.parse_args().names))
