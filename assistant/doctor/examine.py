"""``b12 doctor``: looks at the whole installation, one small check after the other."""

from collections.abc import Iterator

from assistant.doctor import data, machine, services
from assistant.doctor.finding import Check, Finding
from assistant.doctor.machine import Place
from assistant.errors import AssistantError


def examine(place: Place, *, quick: bool = False) -> Iterator[Finding]:
    """Make every check and return what each found; one that breaks is a finding too.

    Args:
        place: where the server listens, or would.
        quick: leave out loading the model and asking it the golden questions.
    """
    every: list[tuple[str, Check]] = [
        ("Python", machine.python),
        ("packages", machine.packages),
        ("settings", data.settled),
        ("content", data.content),
        ("model", data.model if quick else data.loaded_model),
        ("pages", machine.pages),
        ("database", services.stored),
        ("disk", machine.disk),
        ("Redis", services.shared),
        ("keys", services.keys),
        ("Telegram", services.telegram),
        ("clock", services.clock),
        ("memory", lambda: machine.memory(place)),
        ("port", lambda: machine.port(place)),
        ("tools", machine.tools),
    ]
    for name, check in every:
        try:
            yield check()
        except AssistantError as error:
            yield Finding(name, "failed", str(error), "see what was found")
        except Exception as error:  # whatever breaks here, the other checks still help
            yield Finding(
                name, "failed", f"the check broke with {type(error).__name__}", "report it, with what you did"
            )
