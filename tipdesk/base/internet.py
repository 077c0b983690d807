"""Which addresses lie on the public internet, and which on this machine or its own network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_HOME_ENDINGS = (".local", ".lan", ".home", ".home.arpa", ".internal")


def is_public(text: str) -> bool:
    """Whether the text is an IP address that any machine on the internet could mean.

    Loopback, private, link-local, multicast and reserved ones are not; nor is an IPv6 address in
    which one of those is packed as IPv4.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        packed = _packed_ipv4(address)
        if packed is not None:
            address = packed
    return address.is_global and not address.is_multicast


def is_ip_address(text: str) -> bool:
    """Whether the text is an IP address rather than a name."""
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def is_onion(host: str) -> bool:
    """Whether the host is an onion service, whose name no DNS knows (RFC 7686)."""
    return _bare(host).endswith(".onion")


def is_this_machine(host: str) -> bool:
    """Whether the name always means the computer that asks (RFC 6761)."""
    return f".{_bare(host)}".endswith(".localhost")


def is_home_name(host: str) -> bool:
    """Whether the name is one that only its own network knows."""
    bare = _bare(host)
    return "." not in bare or bare.endswith(_HOME_ENDINGS) or is_this_machine(bare)


def _bare(host: str) -> str:
    return host.rstrip(".").lower()


def _packed_ipv4(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
