"""The network a request comes from: near enough to slow one guesser down, too coarse to point at a household.

network_of("192.0.2.77")        -> "192.0.2.0/24"
network_of("2001:db8:1:2ff::1") -> "2001:db8:1:200::/56"
"""

from ipaddress import IPv6Address, ip_address, ip_network

IPV4_BITS, IPV6_BITS = 24, 56
UNKNOWN = "unknown"


def network_of(address: str | None) -> str:
    """The /24 (IPv4) or /56 (IPv6) of a client's address; `unknown` where it is none. A network stays as it is."""
    try:
        host = ip_address((address or "").partition("/")[0].partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(host, IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped
    bits = IPV4_BITS if host.version == 4 else IPV6_BITS
    return str(ip_network(f"{host}/{bits}", strict=False))
