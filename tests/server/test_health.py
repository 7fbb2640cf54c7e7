"""What watches the server can ask it."""

import httpx


def metric(server: str, name: str) -> float:
    lines = httpx.get(f"{server}/metrics", timeout=10).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def test_a_ready_server_says_so_and_names_its_model(server: str) -> None:
    assert httpx.get(f"{server}/ready", timeout=10).json()["model"].startswith("b12-")
    assert httpx.get(f"{server}/health", timeout=10).json()["status"] == "ok"


def test_turns_are_counted_by_kind(server: str, ask) -> None:
    name = 'b12_turns_total{channel="rest",kind="emergency"'
    before = metric(server, name)
    ask("my throat is closing up after the jab")
    assert metric(server, name) == before + 1
    assert metric(server, "b12_turn_seconds_count") >= 1
