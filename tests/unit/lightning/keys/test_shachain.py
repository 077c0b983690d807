"""BOLT 3, appendix D: per-commitment secrets, generated and stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.lightning.keys.shachain import FIRST_INDEX, ShachainStore, derive_secret, index_of

SEED_FF = b"\xff" * 32
SEED_00 = bytes(32)


@pytest.mark.parametrize(
    ("seed", "index", "secret"),
    [
        (SEED_00, FIRST_INDEX, "02a40c85b6f28da08dfdbe0926c53fab2de6d28c10301f8f7c4073d5e42e3148"),
        (SEED_FF, FIRST_INDEX, "7cc854b54e3e0dcdb010d7a3fee464a9687be6e8db3be6854c475621e007a5dc"),
        (
            SEED_FF,
            0xAAAAAAAAAAA,
            "56f4008fb007ca9acf0e15b054d5c9fd12ee06cea347914ddbaed70d1c13a528",
        ),
        (
            SEED_FF,
            0x555555555555,
            "9015daaeb06dba4ccc05b91b2f73bd54405f2be9f217fbacd3c5ac2e62327d31",
        ),
        (b"\x01" * 32, 1, "915c75942a26bb3a433a8ce2cb0427c29ec6c1775cfc78328b57f6ba7bfeaa9c"),
    ],
)
def test_secret_from_seed(seed: bytes, index: int, secret: str) -> None:
    assert derive_secret(seed, index).hex() == secret


@pytest.mark.parametrize(
    ("wrong", "refused_at"),
    [
        ((), None),
        ((0,), 1),
        ((0, 1), 3),
        ((2,), 3),
        ((0, 1, 2, 3), 7),
        ((4,), 5),
        ((4, 5), 7),
        ((6,), 7),
        ((7,), 7),
    ],
)
def test_class_15_a_wrong_secret_is_noticed_when_its_parent_comes(
    wrong: tuple[int, ...], refused_at: int | None
) -> None:
    """Appendix D, "Storage Tests": wrong entries come from an all-zero seed."""
    store = ShachainStore()
    for number in range(8):
        seed = SEED_00 if number in wrong else SEED_FF
        inserted = store.insert(index_of(number), derive_secret(seed, index_of(number)))
        if number == refused_at:
            assert inserted is None
            return
        assert inserted is not None
        store = inserted
    assert refused_at is None


@given(st.integers(1, 300))
def test_every_revealed_secret_can_be_found_again_in_49_places(count: int) -> None:
    store = ShachainStore()
    for number in range(count):
        inserted = store.insert(index_of(number), derive_secret(SEED_FF, index_of(number)))
        assert inserted is not None
        store = inserted
    assert len(store.known) <= 49
    for number in range(count):
        assert store.secret(index_of(number)) == derive_secret(SEED_FF, index_of(number))
    assert store.secret(index_of(count)) is None
