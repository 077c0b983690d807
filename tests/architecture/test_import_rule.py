"""The import rule (ARCHITECTURE.md, part 2), and that its contracts name every layer they must."""

import subprocess
import sys

from tests.architecture.source import ROOT, contracts, packages

PURE = {"base", "crypto", "bitcoin", "lightning", "nostr", "lnurl", "tips", "ports"}
MAY_SEE_QT = {"ui", "demo"}
FRONT_ENDS = {"ui", "cli"}
LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
USES_ADAPTERS = {"app", "practice"}


def existing(names: set[str]) -> set[str]:
    return {f"tipdesk.{name}" for name in names} & packages()


def test_every_contract_is_kept() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_pure_layer_is_held_pure() -> None:
    assert set(contracts()["pure"]["source_modules"]) == existing(PURE)


def test_every_layer_but_the_window_is_kept_from_qt() -> None:
    assert set(contracts()["qt"]["source_modules"]) == packages() - existing(MAY_SEE_QT)


def test_every_front_end_is_kept_from_what_lies_beneath() -> None:
    assert set(contracts()["front-ends"]["source_modules"]) == existing(FRONT_ENDS)


def test_all_that_may_plug_in_adapters_is_named() -> None:
    assert set(contracts()["adapters-protected"]["allowed_importers"]) == existing(USES_ADAPTERS)


def test_nostr_and_lnurl_are_kept_from_all_of_lightning_but_invoices_and_features() -> None:
    parts = set(contracts()["lightning-layers"]["layers"]) - {
        "features",
        "invoice | (onion_message)",
    }
    forbidden = {f"tipdesk.lightning.{part.strip('()')}" for part in parts if part[0] != "("}
    assert set(contracts()["nostr-lnurl"]["forbidden_modules"]) == forbidden
