"""The networks that no publisher serves from, each by an address of its own; the same on every Python."""

import ipaddress

import pytest

from watchdesk.sources.web.guard import ForbiddenAddress, Guard
from watchdesk.sources.web.networks import REFUSED

REFUSED_ADDRESSES = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",
    "::7f00:1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::1",
    "64:ff9b:1:808:8:800::",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:808:808::",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
    "8000::1",
    "1::1",
    "200::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:168.63.129.16",
    "::ffff:a9fe:a9fe",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
]
PERMITTED_ADDRESSES = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "2400:cb00:2048::1",
    "2001:200::1",
    "3ffe::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_where_no_publisher_is_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress):
        Guard().permitted("news.example", [address])


@pytest.mark.parametrize("address", PERMITTED_ADDRESSES)
def test_a_publishers_address_is_permitted(address: str) -> None:
    assert Guard().permitted("news.example", [address]) == [address]


@pytest.mark.parametrize("network", REFUSED, ids=str)
def test_each_network_of_the_list_is_refused_from_its_first_to_its_last_address(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> None:
    for address in (network[0], network[-1]):
        with pytest.raises(ForbiddenAddress):
            Guard().permitted("news.example", [str(address)])


def test_of_a_names_addresses_the_private_ones_are_left_out() -> None:
    found = ["10.0.0.1", "8.8.8.8", "::1", "fec0::1", "2606:4700::1"]
    assert Guard().permitted("mixed.example", found) == ["8.8.8.8", "2606:4700::1"]


def test_a_network_that_is_allowed_counts_for_the_address_inside_another_as_well() -> None:
    guard = Guard.of(("10.0.0.0/8", "fec0::/10"))
    assert guard.permitted("inner.example", ["10.1.1.1", "64:ff9b::10.1.1.1", "fec0::1", "127.0.0.1"]) == [
        "10.1.1.1",
        "64:ff9b::10.1.1.1",
        "fec0::1",
    ]
