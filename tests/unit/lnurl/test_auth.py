"""LUD-04 and LUD-05: the specification's path, and an answer that a page can check."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tipdesk.base.errors import DecodeError
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import signature_from_der, verify_ecdsa
from tipdesk.lnurl.auth import NotALogin, answer_url, is_login, linking_key, path_of, read_login

K1 = "e2af6254a8df433264fa23f67eb8188635d15ce883e8fc020989d5f82ae6f11e"
URL = f"https://Site.com/login?tag=login&k1={K1}&action=register"


def test_the_path_of_a_domain_is_that_of_the_specification() -> None:
    hashing = bytes.fromhex("7d417a6a5e9a6a4a879aeaba11a11838764c8fa2b959c242d43dea682b3e409b")
    assert path_of(hashing, "site.com") == (1588488367, 2659270754, 38110259, 4136336762)


def test_a_page_can_check_the_answer_and_sees_the_same_key_again() -> None:
    login = read_login(URL, Network.MAINNET)
    assert (login.domain, login.action) == ("site.com", "register")
    fields = parse_qs(urlsplit(answer_url(login, linking_key(bytes(64), login.domain))).query)
    signature = signature_from_der(bytes.fromhex(fields["sig"][0]))
    assert verify_ecdsa(bytes.fromhex(fields["key"][0]), signature, login.k1)
    assert fields["key"][0] == linking_key(bytes(64), "site.com").point.hex()
    assert fields["key"][0] != linking_key(bytes(64), "login.site.com").point.hex()


@pytest.mark.parametrize("bad", [URL.replace(K1, "00"), URL.replace(K1, K1 + f"&k1={K1}")])
def test_a_login_without_one_challenge_is_refused(bad: str) -> None:
    with pytest.raises(NotALogin):
        read_login(bad, Network.MAINNET)


def test_a_login_by_http_is_refused_outside_of_practice() -> None:
    with pytest.raises(DecodeError):
        read_login(URL.replace("https", "http"), Network.MAINNET)


def test_an_unknown_action_is_none() -> None:
    assert read_login(URL.replace("register", "steal"), Network.MAINNET).action == ""
    assert is_login(URL)
    assert not is_login("https://site.com/?k1=1")
