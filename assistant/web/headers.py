"""The headers that keep pages and answers to themselves: no other origin, no frame but on the sites that are allowed."""

from collections.abc import Sequence

from sanic.request import Request
from sanic.response import BaseHTTPResponse

_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_DATA = {"default-src": "'none'", "frame-ancestors": "'none'"}
_PERMISSIONS = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
_EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _PERMISSIONS),
}
DEMO, WIDGET, KIOSK, LOADER = "/", "/widget", "/kiosk", "/embed.js"
# What is never kept: what the channels answer, and the staff's pages.
_UNKEPT = ("/web/", "/kiosk/", "/staff")


def protect(request: Request, response: BaseHTTPResponse, sites: Sequence[str]) -> None:
    """Add the headers to a response, keeping those that are there.

    Args:
        request: what was asked for.
        response: the response.
        sites: the websites that may show the widget.
    """
    if response.status == 304:
        return  # what the browser has keeps its own headers; a 304's would take their place
    path = request.path if request.path == "/" else request.path.rstrip("/")
    html = (response.content_type or "").startswith("text/html")
    policy = dict(_PAGE if html else _DATA)
    headers = {**_EVERYWHERE, "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY"}
    if path == WIDGET and html:
        policy["frame-ancestors"] = " ".join(["'self'", *sites])
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        del headers["X-Frame-Options"]  # it can't name sites
    elif path == DEMO and html:
        policy["frame-src"] = "'self'"
    elif path == LOADER:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        headers["Access-Control-Allow-Origin"] = "*"
    if path == KIOSK:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.path.startswith(_UNKEPT):
        headers["Cache-Control"] = "no-store"
    headers["Content-Security-Policy"] = _joined(policy)
    for name, value in headers.items():
        response.headers.setdefault(name, value)


def lone_page_policy(style: str) -> str:
    """Return the content security policy of a page that loads nothing and has its one style inside.

    Args:
        style: the style's hash, as the policy writes it.
    """
    own = {"style-src": style, "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    return _joined({**_DATA, **own})


def _joined(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())
