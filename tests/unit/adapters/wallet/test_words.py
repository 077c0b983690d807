"""Backup words: the published BIP 39 vectors, and what is said about wrong ones."""

import pytest

from tipdesk.adapters.wallet.words import new_words, seed_from_words
from tipdesk.ports.wallet import InvalidWords

# From the BIP 39 vectors, with the empty passphrase.
ABANDON = ["abandon"] * 11 + ["about"]
ABANDON_SEED = (
    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
    "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
)


def test_the_published_vector_holds() -> None:
    assert new_words(bytes(16)) == ABANDON
    assert seed_from_words(ABANDON).hex() == ABANDON_SEED
    assert new_words(b"\x7f" * 16)[:3] == ["legal", "winner", "thank"]


def test_case_and_blanks_do_not_matter() -> None:
    sloppy = [f" {word.upper()} " for word in ABANDON]
    assert seed_from_words(sloppy).hex() == ABANDON_SEED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*ABANDON[:4], "bitcorn", *ABANDON[5:]], "word 5"),
        (["abandon"] * 12, "one is wrong"),
        (ABANDON[:11], "not 11"),
        ([], "not 0"),
        (["abandon"] * 500, "not 500"),
    ],
)
def test_wrong_words_are_explained(words: list[str], said: str) -> None:
    with pytest.raises(InvalidWords, match=said):
        seed_from_words(words)


def test_entropy_of_a_wrong_length_is_refused() -> None:
    for size in (0, 15, 17, 33):
        with pytest.raises(InvalidWords):
            new_words(bytes(size))
