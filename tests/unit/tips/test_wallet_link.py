"""Links to wallets elsewhere: what people paste, what a form holds, what the vault keeps."""

import datetime
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from tests.tls import Certificate
from tipdesk.crypto.hashes import sha256
from tipdesk.tips import link_errors
from tipdesk.tips.wallet_link import MAX_LINK, ServerLink, WalletKind, from_form, server_link

MACAROON = bytes.fromhex("0201036c6e64") + bytes(range(60))
RUNE = urlsafe_b64encode(bytes(range(32)) + b"=0").decode()
PASSWORD = "a3f1:b2"


@pytest.fixture(scope="module")
def der(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A server's certificate."""
    path: Path = tmp_path_factory.mktemp("tls") / "cert"
    Certificate.make(path)
    shown = x509.load_pem_x509_certificate(path.read_bytes())
    assert shown.not_valid_after_utc > datetime.datetime.now(datetime.UTC)
    return shown.public_bytes(serialization.Encoding.DER)


def unpadded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def pem_of(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM).decode()


# LND


def test_lndconnect_gives_address_macaroon_and_the_certificates_fingerprint(der: bytes) -> None:
    text = f"lndconnect://10.0.0.5:8080?cert={unpadded(der)}&macaroon={unpadded(MACAROON)}"
    assert server_link(f"  {text}\n") == ServerLink(
        kind=WalletKind.LND,
        url="https://10.0.0.5:8080",
        secret=MACAROON.hex(),
        fingerprint=sha256(der),
    )


def test_a_certificate_may_be_a_whole_pem_file_and_base64_of_either_alphabet(der: bytes) -> None:
    pem = unpadded(pem_of(der).encode())
    plain = b64encode(der).decode()
    for cert in (pem, plain, quote(plain, safe="")):
        text = f"lndconnect://[2001:db8::5]:8080?cert={cert}&macaroon={MACAROON.hex()}"
        link = server_link(text)
        assert link.fingerprint == sha256(der)
        assert link.url == "https://[2001:db8::5]:8080"


def test_lndconnect_without_certificate_or_port_leaves_both_to_what_is_usual() -> None:
    link = server_link(f"lndconnect://node.example.com?macaroon={unpadded(MACAROON)}")
    assert (link.url, link.fingerprint) == ("https://node.example.com:8080", None)
    assert link.place == "node.example.com:8080"


def test_a_web_server_before_the_node_may_have_given_it_a_path() -> None:
    link = from_form(WalletKind.LND, "https://shop.example.com/lnd-rest/btc/", MACAROON.hex())
    assert link.url == "https://shop.example.com:443/lnd-rest/btc"


def test_a_link_to_the_grpc_port_is_told_apart() -> None:
    with pytest.raises(link_errors.GrpcPort):
        server_link(f"lndconnect://10.0.0.5:10009?macaroon={unpadded(MACAROON)}")


@pytest.mark.parametrize(
    "secret",
    ["", "admin.macaroon", "02", MACAROON.hex()[2:], "zz" * 40, "0" * 9_000, "02" * 4_001],
)
def test_what_is_no_macaroon_is_refused(secret: str) -> None:
    with pytest.raises(link_errors.BadMacaroon):
        from_form(WalletKind.LND, "10.0.0.5:8080", secret)


def test_a_certificate_that_is_none_is_refused(der: bytes) -> None:
    for bad in (der[:-1], der + b"\0", b"\0" * 200, b"-----BEGIN nothing"):
        with pytest.raises(link_errors.BadFingerprint):
            server_link(f"lndconnect://10.0.0.5?cert={unpadded(bad)}&macaroon={MACAROON.hex()}")


# Core Lightning


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("clnrest+https://node.example.com:3010?rune=RUNE", "https://node.example.com:3010"),
        ("clnrest+http://192.168.1.5:3010?rune=RUNE", "http://192.168.1.5:3010"),
        ("clnrest://https://umbrel.local:2107?rune=RUNE", "https://umbrel.local:2107"),
        ("clnrest://http://umbrel.local:2107?rune=RUNE", "http://umbrel.local:2107"),
        ("clnrest://10.0.0.5:3010?rune=RUNE&protocol=http", "http://10.0.0.5:3010"),
        ("clnrest://10.0.0.5?token=RUNE", "https://10.0.0.5:3010"),
        (
            "clnrest://https://a.example.com:1?rune=RUNE&clientKey=A&clientCert=B&caCert=C",
            "https://a.example.com:1",
        ),
    ],
)
def test_each_form_of_a_clnrest_link_is_read(text: str, url: str) -> None:
    link = server_link(text.replace("RUNE", RUNE))
    assert link == ServerLink(kind=WalletKind.CORE_LIGHTNING, url=url, secret=RUNE)


@pytest.mark.parametrize("secret", ["", "short", RUNE + "\r\nX: y", "!" + RUNE, "=" * 50])
def test_what_is_no_rune_is_refused(secret: str) -> None:
    with pytest.raises(link_errors.BadRune):
        from_form(WalletKind.CORE_LIGHTNING, "10.0.0.5:3010", secret)


# phoenixd


def test_phoenixd_is_an_address_with_a_password() -> None:
    link = server_link("http://:a3f1%3Ab2@127.0.0.1:9740")
    assert link == ServerLink(
        kind=WalletKind.PHOENIXD, url="http://127.0.0.1:9740", secret=PASSWORD
    )
    assert link.is_plain


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:9740"),
        ("localhost:1234", "http://localhost:1234"),
        ("[::1]", "http://[::1]:9740"),
        ("umbrel.local", "http://umbrel.local:9740"),
        ("phoenixd", "http://phoenixd:9740"),
        ("100.64.1.2", "http://100.64.1.2:9740"),
        ("pay.example.com", "https://pay.example.com:9740"),
        ("https://Pay.Example.com/", "https://pay.example.com:443"),
        ("http://10.1.2.3", "http://10.1.2.3:80"),
    ],
)
def test_an_address_may_leave_out_scheme_and_port(address: str, url: str) -> None:
    assert from_form(WalletKind.PHOENIXD, address, PASSWORD).url == url


@pytest.mark.parametrize("password", ["", "\u00e9t\u00e9", "a\nb", "x" * 201])
def test_a_password_that_phoenixd_cannot_have_is_refused(password: str) -> None:
    with pytest.raises(link_errors.BadPassword):
        from_form(WalletKind.PHOENIXD, "127.0.0.1:9740", password)


# Addresses


@pytest.mark.parametrize(
    "address", ["http://pay.example.com:9740", "http://8.8.8.8", "http://[2606:4700::1]:80"]
)
def test_plain_http_stays_within_ones_own_network(address: str) -> None:
    with pytest.raises(link_errors.PlainHttpRefused) as raised:
        from_form(WalletKind.PHOENIXD, address, PASSWORD)
    assert raised.value.host in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "address", "url"),
    [
        (WalletKind.LND, "abc.onion", "https://abc.onion:8080"),
        (WalletKind.LND, "http://abc.onion:8080", "http://abc.onion:8080"),
        (WalletKind.PHOENIXD, "abc.onion", "http://abc.onion:9740"),
    ],
)
def test_a_wallet_may_be_an_onion_service_with_tls_or_without(
    kind: WalletKind, address: str, url: str
) -> None:
    assert from_form(kind, address, MACAROON.hex()).url == url


@pytest.mark.parametrize(
    "address",
    [
        "",
        "host:0",
        "host:99999",
        "host:port",
        "a b:1",
        "ftp://host:1",
        "https://host:1/?query=1",
        "https://host:1/#part",
        "https://user@host:1",
        "https://host:1/../up",
        "https://host:1/%2e",
        "-bad-:1",
        "a..b:1",
        "[::1",
        "[fe80::1%eth0]:80",
        "h\u00f6st:1",
        "host\n:1",
        "x" * 300,
    ],
)
def test_an_address_that_names_no_server_is_refused(address: str) -> None:
    with pytest.raises(link_errors.BadServerAddress):
        from_form(WalletKind.PHOENIXD, address, PASSWORD)


# Fingerprints


def test_a_fingerprint_is_read_as_tools_print_it(der: bytes) -> None:
    pin = sha256(der)
    spaced = ":".join(f"{byte:02X}" for byte in pin)
    for text in (pin.hex(), spaced, f"sha256 Fingerprint={spaced}\n", pem_of(der)):
        made = from_form(WalletKind.LND, "10.0.0.5:8080", MACAROON.hex(), text)
        assert made.fingerprint == pin
    for bad in ("ab", spaced[:-3], "x" * 64, "-----BEGIN CERTIFICATE-----"):
        with pytest.raises(link_errors.BadFingerprint):
            from_form(WalletKind.LND, "10.0.0.5:8080", MACAROON.hex(), bad)


def test_what_is_spoken_to_without_tls_has_no_fingerprint() -> None:
    made = from_form(WalletKind.PHOENIXD, "127.0.0.1", PASSWORD, "ab" * 32)
    assert made.fingerprint is None


# What is kept


def links() -> list[ServerLink]:
    return [
        from_form(WalletKind.LND, "10.0.0.5:8080", MACAROON.hex(), "ab" * 32),
        from_form(WalletKind.CORE_LIGHTNING, "node.example.com", RUNE),
        from_form(WalletKind.PHOENIXD, "127.0.0.1", PASSWORD),
    ]


def test_the_vault_gives_back_what_it_was_given() -> None:
    for link in links():
        assert ServerLink.from_bytes(link.to_bytes()) == link


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": true}',
        links()[0].to_bytes().replace(b'"version": 1', b'"version": 2'),
        links()[0].to_bytes().replace(b'"lnd"', b'"nwc"'),
        links()[0].to_bytes().replace(b"https", b"gopher"),
    ],
)
def test_what_the_vault_holds_besides_is_refused(data: bytes) -> None:
    with pytest.raises(link_errors.BadStoredLink):
        ServerLink.from_bytes(data)


def test_no_secret_is_printed_or_said() -> None:
    for link in links():
        assert link.secret not in repr(link)
        assert link.secret not in link.place
    with pytest.raises(link_errors.WalletLinkError) as raised:
        server_link(f"lndconnect://10.0.0.5:10009?macaroon={MACAROON.hex()}")
    assert MACAROON.hex()[20:40] not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["", "hello", "nostr+walletconnect://x", "https://example.com", "lnbc1", "x" * MAX_LINK]
)
def test_other_texts_are_no_links(text: str) -> None:
    with pytest.raises(link_errors.NotAWalletLink):
        server_link(text)


@given(st.text(max_size=60), st.sampled_from(["lndconnect://", "clnrest://", "http://", ""]))
def test_any_text_is_a_link_that_can_be_kept_or_is_refused(text: str, scheme: str) -> None:
    try:
        link = server_link(scheme + text)
    except link_errors.WalletLinkError:
        return
    assert ServerLink.from_bytes(link.to_bytes()) == link
