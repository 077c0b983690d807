"""Whatever a client sends, the server's answer is a frame or silence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipdesk.base.clock import Instant
from tipdesk.practice.electrum_methods import ElectrumMethods
from tipdesk.practice.electrum_server import Session
from tipdesk.practice.regtest import Regtest


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("chain")
    regtest = Regtest(folder, Now())
    # Answers are worked out without the connection.
    yield Session(ElectrumMethods(regtest), None)  # type: ignore[arg-type]
    regtest.close()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=70)
    | st.just("0" * 64),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(line=st.binary(max_size=200))
def test_arbitrary_bytes(session: Session, line: bytes) -> None:
    json.dumps(session.answer(line))


@settings(max_examples=300)
@given(data=st.data(), params=st.lists(VALUES, max_size=4) | VALUES)
def test_arbitrary_parameters_of_every_method(
    session: Session, data: st.DataObject, params: object
) -> None:
    method = data.draw(st.sampled_from(sorted(session._table)))
    request = {"id": 1, "method": method, "params": params}
    answer = session.answer(json.dumps(request).encode())
    assert isinstance(answer, dict)
    assert ("result" in answer) != ("error" in answer)
