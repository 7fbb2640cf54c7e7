import pytest

from assistant.guidance.numbers import numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 2 to 3 months", {"2", "3"}),
        ("every two to three months", {"2", "3"}),
        ("1,000 micrograms", {"1000"}),
        ("five hundred people", {"500"}),
        ("two thousand people", {"2000"}),
        ("twenty five years", {"20", "25"}),
        ("1.50 mg and 1.5 mg", {"1.5"}),
        ("half of them", {"0.5"}),
        ("vitamin B12, B6 and an H2 blocker", set()),
        ("type 1 diabetes at 40", {"40"}),
        ("one of the newer ones", set()),
    ],
)
def test_a_number_is_the_same_in_digits_and_in_words(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected
