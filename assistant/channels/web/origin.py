"""Where a request comes from: the website whose script sent it, and the network address."""

import hmac
import ipaddress
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from sanic.request import Request

from assistant.channels.refusal import RequestError

logger = logging.getLogger(__name__)

# Networks of one household or firm: an IPv6 subscriber has 2**64 addresses.
_IPV6_PREFIX = 64


def check_origin(request: Request, public_url: str | None) -> None:
    """Refuse what a script of another website sends: our own pages only, or a program that is no browser.

    Raises:
        RequestError: 403.
    """
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return
    elif origin == public_url or _host(origin) == request.headers.get("host"):
        return
    raise RequestError(
        "origin_refused",
        "Only the assistant's own pages may send this from a browser. Show the widget in its frame (docs/web.md).",
        403,
    )


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc or "none"
    except ValueError:
        return "none"


class Addresses:
    """Tells the address a request comes from, behind the proxies that are trusted."""

    def __init__(self, trusted: Sequence[str], key: bytes) -> None:
        """Make it.

        Args:
            trusted: networks whose ``X-Forwarded-For`` is believed.
            key: for the hash that stands in place of an address wherever one is counted.
        """
        self._trusted = [ipaddress.ip_network(network) for network in trusted]
        self._key = key
        self._warned = False

    def place(self, request: Request) -> str:
        """Return a keyed hash of the address; for IPv6, of its network."""
        return hmac.digest(self._key, self._address(request).encode(), "sha256").hex()[:16]

    def _address(self, request: Request) -> str:
        address = _parsed(request.ip)
        named = [part for header in request.headers.getall("x-forwarded-for", []) for part in header.split(",")]
        if named and not self._trusts(address):
            self._warn(address)
        while named and self._trusts(address):  # the last one was added by the nearest proxy
            further = _parsed(named.pop().strip())
            if further is None:
                break
            address = further
        if address is None:
            return "unknown"
        if address.version == 6 and not address.ipv4_mapped:
            return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def _trusts(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)

    def _warn(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> None:
        if not self._warned:
            self._warned = True
            logger.warning(
                "X-Forwarded-For from %s is not believed, so all people behind it count as one address. If it is your proxy, "
                "name it in web.trusted_proxies of clinic.yml",
                address,
            )


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
