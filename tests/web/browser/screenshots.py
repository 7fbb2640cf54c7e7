"""Takes the pictures of docs/screenshots on the real server: ``make screenshots``."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant import models, paths
from tests.conftest import free_port, start_server
from tests.web.browser.conftest import FLAGS, PHONE
from tests.web.browser.pages import Kiosk, Widget

FOLDER = paths.DOCS / "screenshots"
WINDOW = {"width": 1120, "height": 760}
PANEL = {"width": 1080, "height": 1920}
# The panel's pictures are shown at half their size.
PANEL_SHOWN = 540
QUESTION = "how often do i need the jabs"
EMERGENCY = "my throat is closing"


@contextmanager
def server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        settings = (paths.ROOT / "clinic.yml").read_text(encoding="utf-8").replace("printer: false", "printer: true")
        clinic = Path(folder) / "clinic.yml"
        clinic.write_text(settings.replace("public_url: null", "public_url: https://b12.example.org"), encoding="utf-8")
        port = free_port()
        with patch.dict(os.environ, {"B12_CLINIC": str(clinic)}):
            process = start_server(port, Path(folder) / "log.txt")
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.wait(20)


def take(page: Page, name: str, width: int | None = None) -> None:
    """Save a picture, small: 256 colours are enough for flat ones."""
    page.wait_for_timeout(300)  # fonts and scrolling
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    image = Image.open(path).convert("RGB")
    if width:
        image = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
    image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(paths.ROOT)}  {path.stat().st_size // 1024} kB")


def widget(browser: Browser, address: str, viewport: dict[str, int], scheme: str) -> Widget:
    page = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/")
    expect(page.get_by_role("button", name="Ask about B12")).to_be_visible()
    return Widget(page)


def website(browser: Browser, address: str) -> None:
    light = widget(browser, address, WINDOW, "light")
    take(light.page, "widget-closed")
    light.open()
    take(light.page, "widget-open")
    light.ask(QUESTION)
    take(light.page, "widget-answer")
    light.ask(EMERGENCY)
    take(light.page, "widget-emergency")
    dark = widget(browser, address, WINDOW, "dark").open()
    dark.ask(QUESTION)
    take(dark.page, "widget-dark")
    phone = widget(browser, address, PHONE, "light").open()
    phone.ask(QUESTION)
    take(phone.page, "widget-phone")


def waiting_room(browser: Browser, address: str) -> None:
    page = browser.new_context(viewport=PANEL, has_touch=True, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/kiosk")
    kiosk = Kiosk(page)
    expect(page.locator("footer")).to_contain_text("Content")
    take(page, "kiosk-start", PANEL_SHOWN)
    kiosk.start()
    take(page, "kiosk-questions", PANEL_SHOWN)
    kiosk.open("How often are B12 injections given?")
    take(page, "kiosk-answer", PANEL_SHOWN)
    kiosk.box.tap()
    kiosk.type("does it hurt")
    take(page, "kiosk-keyboard", PANEL_SHOWN)
    kiosk.button("Delete letter").tap()
    kiosk.ask(EMERGENCY)
    take(page, "kiosk-emergency", PANEL_SHOWN)
    kiosk.button("Take it with you").first.tap()
    take(page, "kiosk-code", PANEL_SHOWN)


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Install Chromium first: apt-get install chromium fonts-dejavu")
    FOLDER.mkdir(exist_ok=True)
    models.train()
    parts: list[Callable[[Browser, str], None]] = [website, waiting_room]
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for part in parts:
            part(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
