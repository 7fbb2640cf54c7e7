"""Custom actions inside the server's process, behind the interface of Rasa's action endpoint.

The same ``actions/`` package also runs as ``rasa run actions``; there every turn pays for a request that carries the whole
conversation.
"""

from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """An action endpoint that calls rasa_sdk's executor instead of sending a request."""

    def __init__(self, package: str = "actions") -> None:
        # The actions read none of the domain, so it isn't copied for them.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Run the action that the request names and return what the action server would."""
        return await self._executor.run(json or {})


@lru_cache(maxsize=1)
def _result_validator() -> Draft7Validator:
    return Draft7Validator(RemoteAction.action_response_format_spec())


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    _result_validator().validate(result)
    return True


def build_result_validator_once() -> None:
    """Replace Rasa's check of an action's result by the same check with a validator that is built once.

    Rasa calls ``jsonschema.validate``, which checks the schema itself against its meta-schema at every action of every turn;
    that is most of a turn's time (RasaHQ/rasa issue 11717).
    """
    RemoteAction._validate_action_result = _validate_action_result
