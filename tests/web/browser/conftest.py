"""A real browser on the real server. What holds for every page is checked after every test: see ``watched``."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from assistant import paths
from tests.conftest import free_port, start_server
from tests.web.browser.pages import Kiosk, Widget

# Root needs --no-sandbox; the others keep the browser from asking its maker's servers.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1080, "height": 800}
PHONE = {"width": 390, "height": 844}
PANEL = {"width": 1080, "height": 1920}
# Reports what the page's own policy refused, which no other event shows.
CSP_REPORT = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} in ${event.sourceFile}`));"""
SITE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {server}; frame-src {server}">
<script src="{server}/embed.js" defer data-label="Ask our robot" data-theme="dark"></script></head>
<body><main><h1>Another site</h1><p>With a policy of its own.</p></main></body></html>"""

Open = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Another website: its origin and its folder."""
    folder = tmp_path_factory.mktemp("site")
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    # 'localhost' and '127.0.0.1' are different sites to a browser, not only different origins.
    yield f"http://localhost:{httpd.server_port}", folder
    httpd.shutdown()


class Silent(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="session")
def web(model: Path, site: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server, which the other website may embed and which has a public address."""
    folder = tmp_path_factory.mktemp("web")
    settings = (paths.ROOT / "clinic.yml").read_text(encoding="utf-8")
    for old, new in {
        "public_url: null": "public_url: https://b12.example.org",
        "sites: []": f'sites: ["{site[0]}"]',
        "messages_per_minute: 20 ": "messages_per_minute: 1000 ",
        "messages_per_minute_by_address: 300": "messages_per_minute_by_address: 100000",
        "new_chats_per_minute_by_address: 60": "new_chats_per_minute_by_address: 100000",
        "open_chats_by_address: 500": "open_chats_by_address: 100000",
        "printer: false": "printer: true",
    }.items():
        assert old in settings
        settings = settings.replace(old, new)
    (folder / "clinic.yml").write_text(settings, encoding="utf-8")
    port = free_port()
    with patch.dict(os.environ, {"B12_CLINIC": str(folder / "clinic.yml")}):
        process = start_server(port, folder / "log.txt")
    address = f"http://127.0.0.1:{port}"
    (site[1] / "index.html").write_text(SITE.format(server=address), encoding="utf-8")
    yield address
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    # For this package only: its loop must not run beside those of asynchronous tests.
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None or not (paths.ROOT / "assistant/web/static/manifest.json").exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium (apt-get install chromium) and the built pages (make web)")
        pytest.skip("needs Debian's chromium (apt-get install chromium) and the built pages (make web)")
    started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def watched(browser: Browser, web: str, site: tuple[str, Path]) -> Iterator[Open]:
    """Opens browser contexts, and checks at the end that none asked another origin, kept a cookie or broke a policy."""
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def note_request(url: str) -> None:
        if not url.startswith((web, site[0], "data:", "about:", "blob:")):
            problems.append(f"asked another origin: {url}")

    def note_console(kind: str, text: str) -> None:
        # What a test takes away by itself (the network, a session) is in the console too.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            problems.append(f"console: {text}")

    def open_context(**options: object) -> BrowserContext:
        context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.add_init_script(CSP_REPORT)
        context.on("request", lambda request: note_request(request.url))
        context.on("console", lambda message: note_console(message.type, message.text))
        context.on("weberror", lambda error: problems.append(f"script: {error.error}"))
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        problems.extend(f"cookie: {cookie}" for cookie in context.cookies())
        context.close()
    assert problems == []


@pytest.fixture
def widget(watched: Open, web: str) -> Widget:
    """The widget on the demo page, opened."""
    page = watched().new_page()
    page.goto(f"{web}/")
    return Widget(page).open()


@pytest.fixture
def kiosk(watched: Open, web: str) -> Kiosk:
    """The kiosk on a touch panel, at its attract screen."""
    page = watched(viewport=PANEL, has_touch=True).new_page()
    page.goto(f"{web}/kiosk")
    return Kiosk(page)
