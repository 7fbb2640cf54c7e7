from assistant.in_process_actions import InProcessActions


async def test_an_action_runs_in_this_process_as_it_would_on_an_action_server() -> None:
    latest = {"intent": {"name": "goodbye"}, "text": "bye", "entities": []}
    call = {
        "next_action": "action_converse",
        "tracker": {"sender_id": "a", "slots": {}, "latest_message": latest, "events": []},
    }
    result = await InProcessActions().request(json=call, method="post")
    assert result["responses"][0]["custom"]["topics"] == ["goodbye"]
    assert result["events"] == []
