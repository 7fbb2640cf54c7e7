import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.privacy.masking import masked


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("write to jo.smith+b12@example.co.uk please", "write to [email] please"),
        ("my email is jo at example dot com", "my email is [email]"),
        ("see https://example.org/patients?id=123 for it", "see [link] for it"),
        ("i am @josmith on there", "i am [handle] on there"),
        ("call me on 07700 900123", "call me on [phone number]"),
        ("ring +44 7911 123456 or (020) 7946-0958", "ring [phone number] or [phone number]"),
        ("my cell is 212-456-7890", "my cell is [phone number]"),
        ("nhs number 943 476 5919", "nhs number [NHS number]"),
        ("its 9434765919", "its [NHS number]"),
        ("ssn 536-90-4399", "ssn [social security number]"),
        ("card 4111 1111 1111 1111 ok", "card [card number] ok"),
        ("hospital number 1234567", "hospital number [number]"),
        ("my nino is QQ 12 34 56 C", "my nino is QQ [number] C"),
        ("my nino is AB123456C", "my nino is [insurance number]"),
        ("born 3/5/1956, is that late", "born [date], is that late"),
        ("dob 03.05.56", "dob [date]"),
        ("I was born on 3rd of May 1956", "I was born on [date]"),
        ("May 3, 1956 is my birthday", "[date] is my birthday"),
        ("born in 1956", "born in [date] "),
        ("2024-11-02 was my last jab", "[date] was my last jab"),
        ("I live in SW1A 1AA", "I live in [postcode]"),
        ("i live at 12 long acre road", "i live at [address]"),
        ("zip 90210", "zip [postcode]"),
        ("my name is Jo", "my name is [name]"),
        ("my name is jo smith and i need b12", "my name is [name] and i need b12"),
        ("My name's Jo Ann Smith. Do I need it?", "My name's [name]. Do I need it?"),
        ("hi i'm called mary", "hi i'm called [name]"),
        ("im called Mary, am i low", "im called [name], am i low"),
        ("my daughter is called Zoë", "my daughter is called [name]"),
        ("mrs patel gives me the jab", "[name] gives me the jab"),
        ("Dr O'Neill said no", "[name] said no"),
        ("dr patel said no", "[name] said no"),
        ("nurse jones did it", "[name] did it"),
        ("doctor smith told me, dr. o'neill's nurse too", "[name] told me, [name] nurse too"),
        ("is prof brown right", "is [name] right"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(written: str, stored: str) -> None:
    assert masked(written) == stored


@pytest.mark.parametrize(
    "text",
    [
        "how often do i need b12 injections",
        "is b12 1mg the same as 1000 mcg",
        "b12 5mg or 1000mcg every 2 or 3 months",
        "my level is 148 pmol/l and folate 3.4",
        "i had 6 jabs in 2 weeks then 1 every 12 weeks",
        "doctor said i should ask the nurse",
        "nurse said so, doctor told me, my doctor didnt listen",
        "book a nurse appointment at the doctor surgery",
        "nurse practitioner or doctor urgently",
        "what is it called when you lack b12",
        "is my name needed, my name is not secret",
        "call 999 or 111 or 112",
        "i'm 45 and miss my injection",
        "hydroxocobalamin 1mg/ml, 3 times a week",
    ],
)
def test_questions_keep_their_words(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(masked(text), str)


@given(st.integers(min_value=10**5, max_value=10**18))
def test_no_long_number_is_left(number: int) -> None:
    assert str(number) not in masked(f"it is {number} i think")
