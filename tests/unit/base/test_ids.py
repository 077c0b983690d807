"""Identifiers: of one length, and quiet about what is secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base import ids
from tipdesk.base.ids import (
    BlockHash,
    ChannelId,
    FixedBytes,
    NodeId,
    PaymentHash,
    PaymentSecret,
    Point,
    Preimage,
    ShortChannelId,
    Txid,
)

KINDS = [
    kind
    for kind in vars(ids).values()
    if isinstance(kind, type) and issubclass(kind, FixedBytes) and kind is not FixedBytes
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_identifier_has_one_length(kind: type[FixedBytes]) -> None:
    assert len(kind(bytes(kind.LENGTH))) == kind.LENGTH
    assert kind.from_hex("ab" * kind.LENGTH) == b"\xab" * kind.LENGTH
    for wrong in (0, kind.LENGTH - 1, kind.LENGTH + 1):
        with pytest.raises(ValueError, match=f"is {kind.LENGTH} bytes, not {wrong}"):
            kind(bytes(wrong))


@pytest.mark.parametrize("secret", [Preimage(b"\xab" * 32), PaymentSecret(b"\xab" * 32)])
def test_a_secret_is_never_printed(secret: FixedBytes) -> None:
    assert "ab" not in f"{secret!r}"
    assert "ab" not in f"{(secret,)}"
    assert "171" not in f"{(secret,)}"


def test_a_preimage_is_not_written_out_as_text_either() -> None:
    assert str(Preimage(b"\xab" * 32)) == "..."


def test_a_txid_is_written_backwards_as_people_write_it() -> None:
    genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    for kind in (Txid, BlockHash):
        found = kind.from_display(genesis)
        assert found[-1] == 0
        assert str(found) == genesis
        assert genesis in repr(found)


def test_only_an_id_of_zeros_means_all_channels() -> None:
    assert ChannelId(bytes(32)).is_all_channels
    assert not ChannelId(bytes(31) + b"\x01").is_all_channels


def test_a_node_id_is_a_point() -> None:
    assert isinstance(NodeId(b"\x02" * 33), Point)
    assert repr(PaymentHash(bytes(32))) == f"PaymentHash({'00' * 32})"


@given(st.integers(0, (1 << 24) - 1), st.integers(0, (1 << 24) - 1), st.integers(0, 0xFFFF))
def test_a_short_channel_id_keeps_its_three_parts(block: int, index: int, output: int) -> None:
    scid = ShortChannelId.of(block, index, output)
    assert (scid.block_height, scid.transaction_index, scid.output_index) == (block, index, output)
    assert ShortChannelId.from_text(str(scid)) == scid
    assert int(scid).bit_length() <= 64


def test_a_short_channel_id_as_bolt_7_writes_it() -> None:
    assert ShortChannelId.from_text("539268x845x1") == 0x83A8400034D0001
    for wrong in ("", "1x2", "1x2x3x4", "axbxc"):
        with pytest.raises(ValueError):  # noqa: PT011 - the language's own sentence
            ShortChannelId.from_text(wrong)
