"""A payment's route as a column: whole when read again, refused when it is not one."""

import pytest

from tests.unit.adapters.storage.test_node import ROUTE
from tipdesk.adapters.storage.routes import (
    decode_route,
    decode_times,
    encode_route,
    encode_times,
)
from tipdesk.base.errors import DecodeError
from tipdesk.lightning.routing.query import Route


@pytest.mark.parametrize("route", [ROUTE, Route(source=ROUTE.source, hops=())])
def test_a_route_comes_back_whole(route: Route) -> None:
    assert decode_route(encode_route(route)) == route


@pytest.mark.parametrize("missing", [1, 52, 54])
def test_a_shortened_route_is_refused(missing: int) -> None:
    with pytest.raises(DecodeError):
        decode_route(encode_route(ROUTE)[:-missing])


def test_times_come_back_whole_however_long() -> None:
    times = (0, 100, (2**32 - 1) * 100)
    assert decode_times(encode_times(times)) == times
    assert decode_times(b"") == ()
    with pytest.raises(DecodeError):
        decode_times(encode_times(times)[:-1])
