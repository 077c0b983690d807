"""JSON from outside, parsed within bounds: whatever comes, the answer is a value or `NotJson`."""

import json
import re
from typing import NoReturn

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase

_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class NotJson(DecodeError):
    """Text that is no JSON, or more of it than is allowed."""


def parse(data: str | bytes, *, maximum: int) -> object:
    """The value in `data`, of at most `maximum` characters (or bytes, when bytes are given).

    Strings in it are sound Unicode: half a surrogate pair is refused, for it could neither be
    hashed nor stored later. NaN and the infinities, which are no JSON, are refused too.
    """
    if len(data) > maximum:
        raise NotJson(Phrase("longer than {maximum} characters", maximum=maximum))
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value: object = json.loads(text, parse_constant=_refuse_constant)
        if _SURROGATE_ESCAPE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise NotJson(Phrase("nested too deeply")) from None
    except ValueError:  # malformed JSON, malformed UTF-8, and numbers of thousands of digits
        raise NotJson(Phrase("not JSON")) from None
    return value


def parse_object(data: str | bytes, *, maximum: int) -> dict[str, object]:
    """As `parse`, but only a JSON object is good enough."""
    value = parse(data, maximum=maximum)
    if not isinstance(value, dict):
        raise NotJson(Phrase("not a JSON object"))
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(Phrase("{name} is not JSON", name=name))
