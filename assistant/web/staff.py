"""The staff's pages below ``/staff``, behind one password (HTTP Basic). Without a password they aren't there at all."""

import base64
import binascii
import hashlib
import hmac
import math
import os
import time
from collections.abc import Mapping

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sanic import Blueprint, response
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import reply as replies
from assistant.channels.refusal import RequestError
from assistant.channels.web.origin import Addresses
from assistant.errors import AssistantError
from assistant.secret import derived, secret
from assistant.web import headers

LEAST = 12
# Wrong passwords from one address in ten minutes; after them not even the right one is taken.
ATTEMPTS, MINUTES = 10, 10
READ = frozenset({"GET", "HEAD"})


def password(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the staff's password; None where there is none, and then there are no pages for them.

    Raises:
        AssistantError: it is too short. The message doesn't repeat it.
    """
    given = environment.get("B12_STAFF_PASSWORD", "").strip()
    if given and len(given) < LEAST:
        raise AssistantError(
            f"B12_STAFF_PASSWORD must have at least {LEAST} characters: openssl rand -base64 18. "
            "Leave it empty to have no pages for staff."
        )
    return given or None


class Login:
    """Asks for the password, and counts wrong ones by address. Each process counts for itself."""

    def __init__(self, wanted: str | None, addresses: Addresses) -> None:
        """Make it.

        Args:
            wanted: the password; None: there are no pages.
            addresses: tells whom a request comes from.
        """
        self._wanted, self._addresses = wanted, addresses
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(ATTEMPTS, MINUTES)

    def check(self, request: Request) -> None:
        """Let a request pass.

        Raises:
            NotFound: there are no pages for staff.
            RequestError: 401 without the password or with a wrong one, 429 after too many wrong ones.
        """
        if self._wanted is None:
            raise NotFound("no pages for staff")
        place = self._addresses.place(request)
        if not self._limiter.test(self._limit, place):
            wait = self._limiter.get_window_stats(self._limit, place).reset_time - time.time()
            seconds = max(1, math.ceil(wait))
            raise RequestError(
                "too_many_attempts",
                f"Too many wrong passwords came from your network. Please wait {seconds} seconds, then try again.",
                429,
                {"Retry-After": str(seconds)},
            )
        given = _given(request.headers.get("authorization", ""))
        if given is not None and hmac.compare_digest(_digest(given), _digest(self._wanted.encode())):
            return
        if given is not None:  # browsers ask without a password first
            self._limiter.hit(self._limit, place)
        raise RequestError(
            "password_needed",
            "This page is for staff. Send the password by HTTP Basic authentication; any user name will do.",
            401,
            {"WWW-Authenticate": 'Basic realm="B12 assistant, staff", charset="UTF-8"'},
        )


def _given(authorization: str) -> bytes | None:
    """Return the password of an ``Authorization`` header; None where there is none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _digest(text: bytes) -> bytes:
    # Of one length, whatever was given: the comparison's time tells nothing of the password's.
    return hashlib.sha256(text).digest()


def shown(page: str, style: str) -> HTTPResponse:
    """Return a page of the staff's.

    Args:
        page: the HTML; it loads nothing.
        style: the hash of the style in it.
    """
    return response.html(page, headers={"Content-Security-Policy": headers.lone_page_policy(style)})


def blueprint() -> Blueprint:
    """Return the blueprint that the staff's pages are routes of: each request to one is checked. Raises AssistantError."""
    routes = Blueprint("staff", url_prefix="/staff")
    trusted = replies.texts().clinic.web.trusted_proxies
    login = Login(password(), Addresses(trusted, derived("staff address", secret())))

    @routes.middleware("request")
    async def check(request: Request) -> None:
        login.check(request)

    return routes
