"""A strict Bot API for the tests: it holds messages to Telegram's limits, and fails in Telegram's ways when told to."""

import json
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx

TOKEN = "424242:fake-token"
USERNAME = "b12_fake_bot"
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "blockquote", "tg-spoiler"}
ENTITY = re.compile(r"&(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


class Refused(Exception):
    """What Telegram answers instead of doing as asked."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.parameters = code, parameters


class _Html(HTMLParser):
    """Reads Telegram's HTML, which knows few tags and forgives nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        if tag == "blockquote" and "blockquote" in self.open:
            raise Refused(400, "Bad Request: can't parse entities: nested blockquote")
        if tag == "a":
            href = dict(attributes).get("href") or ""
            if not href.startswith(("http://", "https://", "tg://", "mailto:")):
                raise Refused(400, "Bad Request: the link would be dropped")
            self.links.append(href)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: Unmatched end tag")

    def handle_data(self, data: str) -> None:
        if "<" in data or ">" in data or "&" in data:
            raise Refused(400, "Bad Request: can't parse entities: unescaped character")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        if not ENTITY.fullmatch(f"&{name};"):
            raise Refused(400, "Bad Request: can't parse entities: unknown entity")
        self.text += unescape(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += unescape(f"&#{name};")


def read_html(source: str) -> tuple[str, list[str]]:
    """Return what people see of Telegram's HTML, and the addresses of its links. Raises Refused."""
    reader = _Html()
    reader.feed(source)
    reader.close()
    if reader.open:
        raise Refused(400, "Bad Request: can't parse entities: Can't find end tag")
    return reader.text, reader.links


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_keyboard(markup: dict[str, Any]) -> None:
    rows = markup["inline_keyboard"]
    if sum(map(len, rows)) > 100:
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        if len(button) != 2 or not button["text"].strip():
            raise Refused(400, "Bad Request: a button must have a text and do one thing")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= 256:
            raise Refused(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


class FakeTelegram:
    """The Bot API of one bot.

    ``sent`` are the messages that arrived, ``calls`` all calls as (method, parameters). ``plan[method]`` is a list of failures
    for the next calls: a Refused; ``"lost"`` (done, but the answer is cut off); ``"dropped"`` (cut off, not done); or a function,
    called before anything is done, that may return one of these.
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.plan: dict[str, list[Refused | str | Callable[[], Any] | None]] = defaultdict(list)
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self.polling = 0
        self.taps: set[str] = set()
        self._change = threading.Condition()
        self._number = 1000
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                fake._serve(self)

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # What people do.

    def say(self, text: str = "", chat: int = 7, group: dict | None = None, **more: Any) -> int:
        """Send a message to the bot, and return the update's number."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else []
        message = {
            "message_id": self._next(),
            "date": int(time.time()),
            "chat": group or {"id": chat, "type": "private", "first_name": "Ada"},
            "from": {"id": chat, "is_bot": False, "first_name": "Ada", "last_name": "Secretname"},
            **({"text": text} if text else {}),
            **({"entities": entities} if entities else {}),
            **more,
        }
        return self.update(message=message)

    def tap(self, message: dict[str, Any], row: int, chat: int = 7) -> int:
        """Tap a button of a message that the bot sent."""
        data = message["reply_markup"]["inline_keyboard"][row][0]["callback_data"]
        tap = str(self._next())
        self.taps.add(tap)
        return self.update(
            callback_query={
                "id": tap,
                "from": {"id": chat, "is_bot": False, "first_name": "Ada"},
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": message["message_id"],
                    "date": int(time.time()),
                    "chat": {"id": chat, "type": "private", "first_name": "Ada"},
                    "text": "...",
                },
            }
        )

    def update(self, **content: Any) -> int:
        number = self._next()
        update = {"update_id": number, **content}
        if self.webhook:
            self.post(update)
        else:
            with self._change:
                self.updates.append(update)
                self._change.notify_all()
        return number

    def post(self, update: dict[str, Any]) -> httpx.Response:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        return httpx.post(self.webhook["url"], json=update, headers=headers, timeout=10)

    def wait(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until the bot has sent so many messages."""
        self.wait_for(lambda: len(self.sent) >= count, seconds, f"{count} messages")
        return self.sent

    def wait_for(self, done: Callable[[], Any], seconds: float = 10, what: str = "it") -> None:
        with self._change:
            if not self._change.wait_for(done, seconds):
                raise AssertionError(f"waited {seconds} s for {what}; {len(self.sent)} sent: {self.calls[-8:]}")

    def called(self, method: str) -> list[dict[str, Any]]:
        return [given for name, given in self.calls if name == method]

    # What the bot does.

    def _next(self) -> int:
        with self._change:
            self._number += 1
            return self._number

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        _, bot, method = request.path.split("?")[0].split("/")
        given: dict[str, Any] = {}
        for name, value in parse_qsl(body.decode()):
            try:
                given[name] = json.loads(value) if value[:1] in "[{" else value
            except ValueError:
                given[name] = value
        lost = False
        try:
            if bot != f"bot{TOKEN}":
                raise Refused(401, "Unauthorized")
            with self._change:
                planned = self.plan[method].pop(0) if self.plan[method] else None
            if callable(planned):
                planned = planned()
            if isinstance(planned, Refused):
                with self._change:
                    self.calls.append((method, given))
                    self._change.notify_all()
                raise planned
            if planned == "dropped":
                _cut(request)
                return
            lost = planned == "lost"
            result = getattr(self, method)(given) if method == "getUpdates" else self._called(method, given)
            status, answer = 200, {"ok": True, "result": result}
        except Refused as refused:
            status = refused.code
            answer = {"ok": False, "error_code": refused.code, "description": str(refused)}
            if refused.parameters:
                answer["parameters"] = refused.parameters
        if lost:
            _cut(request)
            return
        data = json.dumps(answer).encode()
        try:
            request.send_response(status)
            request.send_header("content-type", "application/json")
            request.send_header("content-length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)
        except OSError:  # the bot was killed
            request.close_connection = True

    def _called(self, method: str, given: dict[str, Any]) -> Any:
        with self._change:
            try:
                return getattr(self, method)(given)
            finally:
                self.calls.append((method, given))
                self._change.notify_all()

    def getMe(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"id": int(TOKEN.split(":")[0]), "is_bot": True, "first_name": "B12", "username": USERNAME}

    def setMyCommands(self, given: dict[str, Any]) -> bool:
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def setMyDescription(self, given: dict[str, Any]) -> bool:
        if len(given["description"]) > 512:
            raise Refused(400, "Bad Request: description is too long")
        return True

    def setWebhook(self, given: dict[str, Any]) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "")):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = given
        return True

    def deleteWebhook(self, given: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def getUpdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        with self._change:
            if self.webhook:
                raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
            offset = int(given.get("offset", 0))
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
            self._change.wait_for(lambda: self.updates, min(float(given.get("timeout", 0)), 1.0))
            return self.updates[:100]

    def sendMessage(self, given: dict[str, Any]) -> dict[str, Any]:
        text, links = given["text"], []
        if "parse_mode" in given:
            assert given["parse_mode"] == "HTML"
            text, links = read_html(text)
        if not text.strip() or units(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        if "reply_markup" in given:
            check_keyboard(given["reply_markup"])
        message = {
            "message_id": self._next(),
            "date": int(time.time()),
            "chat": {"id": int(given["chat_id"]), "type": "private"},
            "text": text,
        }
        self.sent.append({**given, **message, "links": links, "chat_id": int(given["chat_id"])})
        return message

    def sendChatAction(self, given: dict[str, Any]) -> bool:
        return True

    def answerCallbackQuery(self, given: dict[str, Any]) -> bool:
        if given["callback_query_id"] not in self.taps:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(given.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        return True

    def editMessageReplyMarkup(self, given: dict[str, Any]) -> bool:
        check_keyboard(given["reply_markup"])
        for message in self.sent:
            if message["message_id"] == int(given["message_id"]) and message["chat_id"] == int(given["chat_id"]):
                message["reply_markup"] = given["reply_markup"]
                return True
        raise Refused(400, "Bad Request: message to edit not found")
