"""What layers say to people: English at once, and what a language needs beside it."""

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat


def test_it_is_its_english_and_knows_what_it_was_made_of() -> None:
    phrase = Phrase("{amount} to {name}", amount=Msat(21_500), name="Ana")
    assert phrase == "21.500 sat to Ana"
    assert phrase.pattern == "{amount} to {name}"
    assert phrase.operands == {"amount": Msat(21_500), "name": "Ana"}


def test_amounts_and_numbers_are_written_as_english_writes_them() -> None:
    assert Phrase("{a}, {b}, {c}", a=Msat(-1_234_567_000), b=Sat(2_100), c=4_096) == (
        "-1,234,567 sat, 2,100 sat, 4,096"
    )
    assert Phrase("{yes}", yes=True) == "True"


def test_one_is_said_in_another_way_than_many() -> None:
    said = [str(Phrase.counted(n, "{count} tip", "{count} tips")) for n in (0, 1, 2, 1_024)]
    assert said == ["0 tips", "1 tip", "2 tips", "1,024 tips"]
    assert Phrase.counted(1, "{count} tip", "{count} tips").pattern == "{count} tips"


def test_phrases_are_joined_and_stay_apart() -> None:
    first, second = Phrase("No money moved."), Phrase("Try again in {n} min.", n=3)
    both = Phrase.joined((first, "", second))
    assert both == "No money moved. Try again in 3 min."
    assert both.parts == (first, second)
    assert Phrase.joined(("a", "b"), ", ") == "a, b"


@given(st.text())
def test_a_strangers_words_are_never_a_pattern(words: str) -> None:
    assert Phrase("They say: {words}", words=words) == f"They say: {words}"
    assert Phrase(words) == words


def test_a_copy_is_the_english_alone() -> None:
    phrase = Phrase("{n} tips", n=3)
    assert pickle.loads(pickle.dumps(phrase)) == "3 tips"
    assert type(copy.deepcopy(phrase)) is str
