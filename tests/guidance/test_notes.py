"""What a question names brings its own sentences into the first answer, and they say nothing that the card says again."""

import re

import pytest

from assistant import reply as replies
from assistant.guidance.entities import Mention
from assistant.nlu.entity_extractor import NameFinder


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return NameFinder(replies.texts().entities)


@pytest.mark.parametrize(
    ("message", "topic", "words"),
    [
        ("is b12 the same thing as cobalamin", "about_b12", "Cobalamin is another name for vitamin B12"),
        ("does drinking a lot every weekend put you at risk", "risk_groups", "Heavy drinking"),
        ("can i have a pint after my b12 jab", "before_and_after", "gives no rule about alcohol"),
        ("can i eat breakfast before my jab", "before_and_after", "gives no rule about food"),
        ("can i go to the gym afterwards", "before_and_after", "does not ask people to rest"),
        ("can i have a shower after it", "before_and_after", "has no rule about a shower"),
        ("homocysteine 22 wots that got to do with b12", "diagnosis_tests", "homocysteine builds up in the body"),
        ("whats mma in a b12 test", "diagnosis_tests", "builds up in the body when B12 runs short"),
        ("my intrinsic factor test was negative", "diagnosis_tests", "does not rule the illness out"),
        ("do i fast for homocysteine test", "test_preparation", "US advice on getting ready for the test differs"),
        ("is morning better for the blood draw", "test_preparation", "name no time of day"),
        ("my hair is coming out in clumps", "unproven_uses", "too little evidence that low B12 causes hair loss"),
        ("will b12 help my skin", "unproven_uses", "does not say that B12 makes the skin better"),
        ("do b12 shots make your nails stronger", "unproven_uses", "does not say that B12 makes them stronger"),
        ("glass ampule snapped badly", "injection_mishaps", "Bits of glass can get into the liquid"),
        ("how big is the needle they use", "injection_procedure", "name different needle sizes"),
        ("i faint every time i see a needle", "injection_pain", "Tensing the muscles"),
        ("my pee went pink after the injection", "common_side_effects", "Urine may change colour"),
        ("how long does the bruise last", "common_side_effects", "A bruise fades over a few days."),
        ("36 weeks gone and my b12 is 150", "pregnancy", "falls to about half by six months"),
        ("what should i ask the gp at my b12 appt", "consult_provider", "Good questions are"),
        ("will the jabs help my memory", "injection_benefits", "Low B12 can affect memory and thinking"),
        ("how much b12 does a 14 year old need", "children", "2.4 from 14"),
        ("are the injections safe for my mum", "older_adults", "Severe allergic reactions are very rare"),
        ("is it the metformin that makes my feet tingle", "medicines_lowering_b12", "so they need a check"),
        ("should i be getting jabs if ive got tingling", "who_needs_injections", "so they need a check"),
        ("what strength is it", "dosage", "is 1 mg each time"),
        ("im a couple of days late with it", "missed_injection", "gives no rule about a few days"),
        ("do they have to begin all over again", "missed_injection", "does not say whether treatment begins again"),
        ("does b12 feed cancer", "injection_safety", "does not say that B12 injections cause cancer"),
        ("will it change my blood sugar", "existing_conditions", "says nothing about B12 injections and blood sugar"),
    ],
)
def test_what_is_named_is_answered_at_first(finder: NameFinder, message: str, topic: str, words: str) -> None:
    named = [Mention(found["entity"], found["value"]) for found in finder.find(message)]
    assert words in replies.answer([topic], mentions=named).text


def test_water_milk_and_coffee_are_no_heavy_drinking(finder: NameFinder) -> None:
    assert {found["value"] for found in finder.find("drinking a lot of coffee")} == {"other drinks"}


# A sentence that begins or leans so is spoken of what stands before it, and may stand twice.
_LEANS = re.compile(r"^(So|It|They|Call|Do)\b")


def test_no_answer_with_a_note_says_a_sentence_twice() -> None:
    twice = []
    for kind, entity in replies.texts().entities:
        for topic in entity.topics if entity.note else []:
            text = replies.answer([topic], mentions=[Mention(kind, entity.name)]).answers[0]["text"]
            sentences = [one for one in re.split(r"(?<=[.!?])\s+", text) if not _LEANS.match(one)]
            twice += [(entity.name, topic, one) for one in set(sentences) if sentences.count(one) > 1]
    assert not twice


@pytest.mark.parametrize(
    ("kind", "name", "topic", "words"),
    [
        ("medicine", "metformin", "medicines_lowering_b12", "1 in 10"),
        ("medicine", "metformin", "interactions", "Metformin can lower B12"),
        ("medicine", "nitrous oxide", "medicines_lowering_b12", "aughing gas"),
        ("medicine", "alcohol", "interactions", "Heavy drinking"),
        ("condition", "cobalt allergy", "contraindications", "contains cobalt"),
        ("condition", "Leber's disease", "contraindications", "Leber"),
        ("condition", "heart failure", "existing_conditions", "medical help at once"),
        ("condition", "pernicious anaemia", "injections_or_tablets", "not dependable"),
        ("condition", "type 2 diabetes", "existing_conditions", "etformin can"),
        ("condition", "type 2 diabetes", "existing_conditions", "idney disease"),
        ("form", "hydroxocobalamin", "frequency", "2 to 3 months"),
    ],
)
def test_a_note_takes_the_place_of_what_its_card_says_of_it(kind: str, name: str, topic: str, words: str) -> None:
    assert replies.answer([topic], mentions=[Mention(kind, name)]).text.count(words) <= 1


def test_two_medicines_of_a_sort_share_what_is_said_of_them() -> None:
    named = [Mention("medicine", "omeprazole"), Mention("medicine", "lansoprazole")]
    text = replies.answer(["medicines_lowering_b12"], mentions=named).text
    assert text.count("Medicines that lower stomach acid") == 1
    assert "Lansoprazole lowers stomach acid." in text
