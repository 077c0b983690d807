"""`tipdesk connections`: apps that use the wallet of a running TipDesk."""

import argparse
import asyncio
import time
from pathlib import Path
from typing import Final

from tipdesk.app.profiles import default_profile
from tipdesk.app.remote import ask
from tipdesk.base.phrase import plain
from tipdesk.base.units import Msat
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Permission

_PERIODS: Final = {period.name.lower(): period for period in BudgetPeriod}
_ALLOWED: Final = {one.name.lower().replace("_", "-"): one for one in Permission}
_USUAL: Final = tuple(name for name, one in _ALLOWED.items() if one in USUAL_PERMISSIONS)
_DAY_S: Final = 24 * 3_600


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `connections` with what can be done to them."""
    parser = commands.add_parser(
        "connections",
        help="connect other apps with the wallet (Nostr Wallet Connect), list and revoke them",
        description="Apps that are connected pay and are paid through the wallet, within what "
        "they are allowed. Asks the TipDesk that has the profile open.",
    )
    parser.add_argument("--profile", type=Path, help="the profile's folder")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show every connection with what it used")
    listing.set_defaults(run=_list)
    create = actions.add_parser("create", help="make a connection and print its link, once")
    create.add_argument("name", help="what the list calls the app")
    create.add_argument(
        "--allow",
        action="append",
        choices=tuple(_ALLOWED),
        help="what it may do; all but tips by default",
    )
    create.add_argument("--budget-sat", type=int, help="the most in a period; no limit without it")
    create.add_argument("--period", choices=tuple(_PERIODS), default="day")
    create.add_argument("--days", type=int, help="after so many days it expires")
    create.set_defaults(run=_create)
    revoke = actions.add_parser("revoke", help="end a connection for good")
    revoke.add_argument("id", type=int, help="as `list` shows it")
    revoke.set_defaults(run=_revoke)


def _list(arguments: argparse.Namespace) -> int:
    for one in asyncio.run(ask(_folder(arguments), "connections")):
        used, budget = plain(Msat(one["used_msat"])), one["budget_msat"]
        period = _PERIODS[one["period"].lower()].value
        limit = "no limit" if budget is None else f"of {plain(Msat(budget))} {period}"
        state = "" if one["is_live"] else ", ended"
        print(f"{one['id']}  {one['name']}: {used} used, {limit}{state}")  # noqa: T201 - answer
    return 0


def _create(arguments: argparse.Namespace) -> int:
    sat, days = arguments.budget_sat, arguments.days
    params = {
        "name": arguments.name,
        "permissions": [_ALLOWED[one].name for one in arguments.allow or _USUAL],
        "budget_msat": None if sat is None else sat * 1_000,
        "period": _PERIODS[arguments.period].name,
        "expires_at": None if days is None else int(time.time()) + days * _DAY_S,
    }
    answer = asyncio.run(ask(_folder(arguments), "create_connection", params))
    print(answer["link"])  # noqa: T201 - the command's answer, shown once
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    asyncio.run(ask(_folder(arguments), "revoke_connection", {"id": arguments.id}))
    print("Revoked. Payments under way go on to their end.")  # noqa: T201 - the command's answer
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    folder: Path = arguments.profile or default_profile()
    return folder
