from types import SimpleNamespace

import pytest
from sanic.compat import Header

from assistant.channels.web.origin import Addresses


def place(addresses: Addresses, ip: str, forwarded: str = "") -> str:
    headers = Header({"x-forwarded-for": forwarded} if forwarded else {})
    return addresses.place(SimpleNamespace(ip=ip, headers=headers))


def test_nobody_is_believed_who_is_not_a_trusted_proxy(caplog: pytest.LogCaptureFixture) -> None:
    addresses = Addresses([], b"key")
    assert place(addresses, "203.0.113.5", "1.2.3.4") == place(addresses, "203.0.113.5")
    place(addresses, "203.0.113.5", "1.2.3.5")
    assert [record for record in caplog.records if "trusted_proxies" in record.getMessage()][1:] == []
    assert "trusted_proxies" in caplog.text


def test_proxies_in_a_row_are_gone_through_from_the_nearest() -> None:
    addresses = Addresses(["10.0.0.0/8"], b"key")
    person = place(Addresses([], b"key"), "198.51.100.7")
    assert place(addresses, "10.0.0.1", "198.51.100.7") == person
    assert place(addresses, "10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2") == person


@pytest.mark.parametrize("forwarded", ["nonsense", "1.2.3.4:80", "", ",", "for=1.2.3.4"])
def test_what_is_no_address_counts_as_the_proxys(forwarded: str) -> None:
    addresses = Addresses(["10.0.0.1"], b"key")
    assert place(addresses, "10.0.0.1", forwarded) == place(addresses, "10.0.0.1")


def test_an_address_is_counted_by_a_hash_with_our_key() -> None:
    assert "198.51.100.7" not in place(Addresses([], b"key"), "198.51.100.7")
    assert place(Addresses([], b"key"), "198.51.100.7") != place(Addresses([], b"another"), "198.51.100.7")


def test_an_ipv4_address_in_ipv6_clothes_is_the_same() -> None:
    addresses = Addresses([], b"key")
    assert place(addresses, "::ffff:198.51.100.7") == place(addresses, "198.51.100.7")
    assert place(addresses, "::ffff:198.51.100.7") != place(addresses, "::ffff:198.51.100.8")
