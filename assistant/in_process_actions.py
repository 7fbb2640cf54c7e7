"""Custom actions inside the server's process, behind the interface of Rasa's action endpoint.

The same ``actions/`` package also runs as ``rasa run actions``; there every turn pays for a request that carries the whole
conversation.
"""

from typing import Any

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
