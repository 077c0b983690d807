"""The file comes back whole, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import mainnet
from tests.graphs import Terms, graph_of, node, scid, town
from tipdesk.base.units import Sat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.snapshot import NotAGraph, export_graph, import_graph

HEADER = len(b"tipdesk-graph-2\n") + 32


def small() -> Graph:
    return graph_of(
        Terms(1, 2, 12), Terms(2, 1, 12), Terms(2, 3, 23), Terms(3, 4, 34), capacity=Sat(10**9)
    )


def signed(body: bytes) -> bytes:
    """A file with a right checksum, whatever it says."""
    return b"tipdesk-graph-2\n" + sha256(body) + body


@pytest.mark.parametrize("graph", [small(), town(1, 60), Graph(small().chain_hash)])
def test_a_graph_comes_back_from_its_bytes(graph: Graph) -> None:
    again = import_graph(export_graph(graph))
    assert export_graph(again) == export_graph(graph)
    assert list(again.scids()) == list(graph.scids())
    assert (again.node_count, again.policy_count) == (graph.node_count, graph.policy_count)


def test_messages_terms_and_usable_edges_come_back() -> None:
    graph = small()
    again = import_graph(export_graph(graph))
    for number in (12, 23, 34):
        before, after = graph.slot_of(scid(number)), again.slot_of(scid(number))
        assert before is not None
        assert after is not None
        assert again.announcement(after) == graph.announcement(before) is not None
        for direction in (0, 1):
            assert again.update(after, direction) == graph.update(before, direction)
            assert again.policy(scid(number), direction) == graph.policy(scid(number), direction)
    assert sorted(again.edges.by_policy) == sorted(graph.edges.by_policy)


def test_gaps_are_left_out_and_the_graph_goes_on() -> None:
    graph = small()
    graph.remove_channel(scid(12))
    again = import_graph(export_graph(graph))
    assert (again.slot_count, again.node_count) == (2, 3)
    assert again.index_of(node(1)) is None
    assert again.remove_channel(scid(34))
    assert list(again.scids()) == [scid(23)]


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=5))
def test_a_damaged_file_is_refused(position: int, junk: bytes) -> None:
    data = export_graph(small())
    at = position % len(data)
    for damaged in (data[:at], data[:at] + junk, data + junk, data[:at] + junk + data[at:]):
        if damaged != data:
            with pytest.raises(NotAGraph):
                import_graph(damaged)


@given(st.integers(0, 10_000), st.binary(max_size=9))
def test_a_file_that_contradicts_itself_is_refused_though_its_checksum_is_right(
    position: int, junk: bytes
) -> None:
    body = export_graph(small())[HEADER:]
    at = position % len(body)
    changed = body[:at] + junk + body[at + len(junk) :]
    try:
        graph = import_graph(signed(changed))
    except NotAGraph:
        return
    assert graph.channel_count == 3
    assert len(graph.scids()) == 3


def test_more_channels_than_are_allowed_are_refused() -> None:
    with pytest.raises(NotAGraph):
        import_graph(export_graph(small()), max_channels=2)


@pytest.mark.parametrize("data", [b"", b"x" * 100, b"tipdesk-graph-1\n" + bytes(32)])
def test_bytes_of_another_kind_or_version_are_refused(data: bytes) -> None:
    with pytest.raises(NotAGraph):
        import_graph(data)


def test_the_public_graph_comes_back_whole() -> None:
    if not mainnet.is_here():
        pytest.skip(mainnet.MISSING)
    graph = mainnet.graph()
    data = export_graph(graph)
    again = import_graph(data)
    assert (again.channel_count, again.node_count) == (50_808, 17_324)
    assert export_graph(again) == data
