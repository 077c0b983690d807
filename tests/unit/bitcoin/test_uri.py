"""BIP 21, both ways."""

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.units import Sat
from tipdesk.bitcoin.uri import PaymentUri, make_uri, parse_uri

ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


@given(
    st.one_of(st.none(), st.integers(1, 21_000_000 * 10**8).map(Sat)),
    st.text("abc &=?#%", max_size=20).map(str.strip).filter(lambda t: "  " not in t),
)
def test_what_was_made_is_read_again(amount: Sat | None, words: str) -> None:
    made = make_uri(ADDRESS, amount=amount, words=words, lightning="lnbc1abc")
    assert parse_uri(made) == PaymentUri(
        address=ADDRESS, amount=amount, words=words, lightning="lnbc1abc"
    )


def test_an_amount_is_written_in_bitcoin_without_needless_digits() -> None:
    assert make_uri(ADDRESS, amount=Sat(21_000)) == f"bitcoin:{ADDRESS}?amount=0.00021"
    assert make_uri(ADDRESS, amount=Sat(200_000_000)) == f"bitcoin:{ADDRESS}?amount=2"
    assert make_uri(ADDRESS, amount=None) == f"bitcoin:{ADDRESS}"
