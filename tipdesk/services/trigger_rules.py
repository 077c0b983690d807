"""Which tips set off what: webhooks and programs the creator chose, off until turned on."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.internet import is_ip_address
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.ports.stores_tips import SettingsStore

MAX_TRIGGERS: Final = 20
MAX_NAME_CHARS: Final = 40
MAX_URL_CHARS: Final = 2_000
MAX_ARGUMENTS: Final = 50
MAX_ARGUMENT_CHARS: Final = 4_000
_MAX_JSON: Final = 5_000_000
_TRIGGERS: Final = "desk.triggers"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Tells a server: over https, or over http on this machine."""

    url: str


@dataclass(frozen=True, slots=True)
class Command:
    """Starts a program: its path or name, then its arguments. The tip comes on its input."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRule:
    """Tips from `min_amount` on, that settled at `since` or later, set it off. Names are unique."""

    name: str
    does: Webhook | Command
    min_amount: Msat
    since: Instant
    is_on: bool = False


class BadTrigger(RequestError):
    """A trigger that cannot be; the text says why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            Phrase(
                "The trigger {name} cannot be: {why}.", name=f"{name[:MAX_NAME_CHARS]!a}", why=why
            )
        )
        self.name = name
        self.why = why


def load_rules(store: SettingsStore) -> tuple[TriggerRule, ...]:
    """What was chosen; nothing if that cannot be read."""
    try:
        fields = strict_json.parse_object(store.setting(_TRIGGERS) or "", maximum=_MAX_JSON)
        rules = fields["triggers"]
        if not isinstance(rules, list):
            return ()
        return checked_rules(tuple(map(_rule, rules)))
    except (DecodeError, RequestError, KeyError, TypeError, ValueError):
        return ()


def save_rules(store: SettingsStore, rules: tuple[TriggerRule, ...]) -> None:
    """Keeps them; `BadTrigger` if one cannot be."""
    written = [_written(rule) for rule in checked_rules(rules)]
    store.put_setting(_TRIGGERS, json.dumps({"triggers": written}))


def checked_rules(rules: tuple[TriggerRule, ...]) -> tuple[TriggerRule, ...]:
    """Themselves, unless one of them cannot be."""
    for number, rule in enumerate(rules):
        if not 0 < len(rule.name) <= MAX_NAME_CHARS:
            raise BadTrigger(
                rule.name, Phrase("its name has from 1 to {most} characters", most=MAX_NAME_CHARS)
            )
        if number >= MAX_TRIGGERS:
            raise BadTrigger(rule.name, Phrase("there are at most {most}", most=MAX_TRIGGERS))
        if any(other.name == rule.name for other in rules[:number]):
            raise BadTrigger(rule.name, Phrase("there is another of that name"))
        if rule.min_amount < Msat(0):
            raise BadTrigger(rule.name, Phrase("an amount is not less than nothing"))
        _check_action(rule)
    return rules


def _check_action(rule: TriggerRule) -> None:
    match rule.does:
        case Webhook(url):
            if not _is_safe(url):
                why = Phrase("its address must begin with https://, or lead to this machine")
                raise BadTrigger(rule.name, why)
        case Command(arguments):
            if not arguments or not arguments[0] or len(arguments) > MAX_ARGUMENTS:
                raise BadTrigger(rule.name, Phrase("it names no program, or too many arguments"))
            if any(len(one) > MAX_ARGUMENT_CHARS or "\0" in one for one in arguments):
                raise BadTrigger(rule.name, Phrase("an argument is too long or holds a zero byte"))


def _is_safe(url: str) -> bool:
    """Https goes anywhere the creator says; plain http stays on this machine."""
    if len(url) > MAX_URL_CHARS or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    is_here = host in ("localhost", "::1") or (is_ip_address(host) and host.startswith("127."))
    return parts.scheme == "https" or (parts.scheme == "http" and is_here)


def _rule(fields: dict[str, object]) -> TriggerRule:
    url, command, name = fields["url"], fields["command"], fields["name"]
    least, since = fields["min_msat"], fields["since"]
    if type(least) is not int or type(since) is not int or not isinstance(name, str):
        raise TypeError
    does: Webhook | Command
    if isinstance(url, str):
        does = Webhook(url)
    elif isinstance(command, list) and all(isinstance(one, str) for one in command):
        does = Command(tuple(command))
    else:
        raise TypeError
    return TriggerRule(
        name=name,
        does=does,
        min_amount=Msat(least),
        since=Instant(since),
        is_on=fields["is_on"] is True,
    )


def _written(rule: TriggerRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "url": rule.does.url if isinstance(rule.does, Webhook) else None,
        "command": rule.does.arguments if isinstance(rule.does, Command) else None,
        "min_msat": rule.min_amount.value,
        "since": rule.since.ms,
        "is_on": rule.is_on,
    }
