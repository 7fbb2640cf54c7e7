import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from assistant.in_process_actions import InProcessActions, build_result_validator_once


async def test_an_action_runs_in_this_process_as_it_would_on_an_action_server() -> None:
    latest = {"intent": {"name": "greet"}, "text": "hello", "entities": []}
    call = {
        "next_action": "action_converse",
        "tracker": {"sender_id": "a", "slots": {}, "latest_message": latest, "events": []},
    }
    result = await InProcessActions().request(json=call, method="post")
    assert result["responses"][0]["custom"]["topics"] == ["greet"]
    assert result["events"] == []


def test_a_malformed_result_is_still_refused() -> None:
    build_result_validator_once()
    action = RemoteAction("action_converse", None)
    assert action._validate_action_result({"events": [], "responses": []})
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": [{"event": "slot"}], "responses": []})
    with pytest.raises(ValidationError):
        action._validate_action_result({"events": [], "responses": "none"})
