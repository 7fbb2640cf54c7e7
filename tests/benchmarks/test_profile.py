from benchmarks import profile


def test_the_parts_and_the_rest_add_up_to_the_turn() -> None:
    parts = {name: [0.0] for name in profile.PARTS} | {"encode": [4.0, 5.0, 6.0], "action": [1.0, 1.0, 1.0]}
    lines = profile.table([9.0, 10.0, 11.0], parts).splitlines()
    assert lines[2] == "| the encoder | 5.00 | 50% |"
    assert lines[3] == "| the action, its result checked | 1.00 | 10% |"
    assert lines[-2].endswith("| 4.00 | 40% |")
    assert lines[-1] == "| **a turn** | 10.00 | 100% |"
