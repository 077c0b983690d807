"""Public addresses and the others, IPv4 in its IPv6 disguises included."""

import pytest

from tipdesk.base.internet import is_ip_address, is_public


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses(text: str) -> None:
    assert is_public(text)
    assert is_ip_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_addresses_of_this_machine_and_its_network(text: str) -> None:
    assert not is_public(text)
    assert is_ip_address(text)


@pytest.mark.parametrize("text", ["", "localhost", "a.example", "2130706433", "0x7f.1"])
def test_names_are_no_addresses(text: str) -> None:
    assert not is_public(text)
    assert not is_ip_address(text)
