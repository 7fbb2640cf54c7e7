"""The floor: the server's HTTP with a fixed reply (``python -m benchmarks.floor PORT``), and the encoder alone."""

import sys
import time
from statistics import median

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import models
from assistant.channels.rest import read_message


def app() -> Sanic:
    """Return a server that reads a message as the assistant does and answers a card, always the same."""
    from assistant import reply

    made = Sanic("floor", configure_logging=False)
    answer = reply.answer(["frequency"])
    fixed = {"text": answer.text, "custom": answer.envelope()}

    @made.post("/webhooks/rest/webhook")
    async def receive(request: Request) -> HTTPResponse:
        sender, _ = read_message(request)
        return response.json([{"recipient_id": sender, **fixed}])

    return made


def encoder_milliseconds(questions: list[str]) -> float:
    """Return the median time to encode one question with the served model's encoder."""
    import tarfile
    import tempfile
    from pathlib import Path

    from assistant.nlu.minilm import Encoder
    from assistant.nlu.sentence_encoder import GRAPH_FILE

    with tempfile.TemporaryDirectory() as folder, tarfile.open(models.find()) as archive:
        member = next(each for each in archive if each.name.endswith(GRAPH_FILE))
        member.name = GRAPH_FILE
        archive.extract(member, folder)
        encoder = Encoder(Path(folder) / GRAPH_FILE)
    times = []
    for question in questions:
        start = time.perf_counter()
        encoder.encode([question])
        times.append((time.perf_counter() - start) * 1000)
    return median(times[len(times) // 5 :])  # the first ones warm it up


if __name__ == "__main__":
    app().run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, motd=False)
