"""The widget and the kiosk as a person meets them."""

from playwright.sync_api import FrameLocator, Locator, Page, expect


class Chat:
    """What the widget and the kiosk share."""

    def __init__(self, page: Page, inside: Page | FrameLocator) -> None:
        self.page = page
        self.inside = inside
        self.box = inside.get_by_label("Your question about B12")
        self.log = inside.get_by_role("log")
        self.questions = inside.locator(".person")
        self.replies = inside.locator(".assistant")
        self.status = inside.locator(".status [role=status]")

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.inside.get_by_role("button", name=name, exact=exact)

    def ask(self, text: str) -> Locator:
        """Type a question, send it and wait for its reply."""
        before = self.replies.count()
        self.box.fill(text)
        self.box.press("Enter")
        return self.reply_after(before)

    def reply_after(self, before: int) -> Locator:
        expect(self.replies).to_have_count(before + 1)
        return self.replies.nth(before)


class Widget(Chat):
    """The widget in its frame."""

    def __init__(self, page: Page, launcher: str = "Ask about B12") -> None:
        super().__init__(page, page.frame_locator("b12-launcher iframe"))
        self.launcher = page.get_by_role("button", name=launcher)
        self.panel = page.get_by_role("dialog", name="Chat about vitamin B12")

    def open(self) -> "Widget":
        """Open the chat and wait for the welcome."""
        self.launcher.click()
        expect(self.replies.first).to_be_visible()
        return self

    def option(self, name: str) -> None:
        self.button("Options").click()
        self.button(name).click()


class Kiosk(Chat):
    """The kiosk's page, by touch alone."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, page)
        self.tiles = page.locator(".tile:visible")

    def start(self) -> "Kiosk":
        self.button("Start").tap()
        expect(self.tiles.first).to_be_visible()
        return self

    def open(self, title: str) -> Locator:
        """Tap the tile with this title and wait for its answer."""
        self.tiles.get_by_text(title, exact=True).first.tap()
        expect(self.questions.last).to_contain_text(title)
        expect(self.inside.locator("#log > .assistant:last-child")).to_be_visible()
        return self.replies.last

    def type(self, text: str) -> None:
        """Type on the screen's keyboard."""
        keyboard = self.page.get_by_role("group", name="Keyboard on the screen")
        for letter in text:
            keyboard.get_by_role("button", name="Space" if letter == " " else letter, exact=True).tap()

    def left_behind(self) -> str:
        """All that the page and the browser hold: text, fields, storages."""
        return str(
            self.page.evaluate(
                """() => {
                  const texts = [];
                  const walk = (root) => {
                    for (const node of root.querySelectorAll("*")) {
                      if (node.shadowRoot) walk(node.shadowRoot);
                      if ("value" in node) texts.push(node.value);
                    }
                    texts.push(root.textContent ?? "");
                  };
                  walk(document);
                  texts.push(document.body.innerText, JSON.stringify(sessionStorage), JSON.stringify(localStorage), location.href);
                  return texts.join("\\n");
                }"""
            )
        )
