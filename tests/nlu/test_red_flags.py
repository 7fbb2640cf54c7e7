"""Emergencies are recognised by rules in lay words; what only mentions them is not."""

import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import paths
from assistant.errors import ContentError
from assistant.nlu import word_rows
from assistant.nlu.red_flags import MOST_JUDGED, MOST_LETTERS, Alarm, RedFlags, red_flags

NOW = [
    ("anaphylaxis", "my throat is closing up after the jab"),
    ("anaphylaxis", "hes come out in hives and cant breathe"),
    ("anaphylaxis", "lips gone huge since the injection"),
    ("severe_breathlessness", "im gasping just sat here"),
    ("chest_pain", "crushing pain in my chest and down my arm"),
    ("stroke_signs", "her face has dropped on one side"),
    ("stroke_signs", "cant lift my left arm and my words are coming out wrong"),
    ("sudden_vision_loss", "suddenly cant see out of my left eye"),
    ("collapse", "mum has passed out and wont wake up"),
    ("seizure_or_confusion", "my husband is having a fit"),
    ("anaphylaxis", "im a bit wheezy"),
    ("anaphylaxis", "hes wheezing"),
    ("poisoning_overdose", "my toddler swallowed my iron tablets"),
    ("poisoning_overdose", "i took two iron tablets by accident"),
    ("poisoning_overdose", "my toddler has eaten a load of my b12 tablets"),
    ("clot_to_lung", "coughing up blood and my calf is sore"),
    ("heart_rhythm", "heart racing and i feel faint"),
    ("other_emergency", "im pregnant and bleeding heavily"),
    ("other_emergency", "my fingers have gone black"),
    ("other_emergency", "i think i have sepsis"),
    ("other_emergency", "i need a doctor now"),
    ("chest_pain", "arm tingling and jaw ache"),
    ("anaphylaxis", "patient has stridor after hydroxocobalamin"),
    ("anaphylaxis", "im having a reaction"),
    ("collapse", "my baby isnt breathing"),
    ("collapse", "he has stopped breathing"),
    ("confusion", "mum is suddenly confused"),
    ("insulin_mistake", "ive injected far too much insulin"),
    ("poisoning_overdose", "gran took her dosette box in one go"),
    ("stroke_signs", "his smile has gone droopy"),
    ("other_emergency", "im 34 weeks and cant feel the baby move"),
]
CRISIS = [
    "i want to kill myself",
    "theres no reason to live",
    "thinking about not waking up tbh",
    "i just want to end it all",
    "what if i inject air on purpose",
    "i want to go to sleep and not wake up",
]
SAME_DAY = [
    ("nerve_worsening", "my feet are numb and its getting worse"),
    ("injection_infection", "where they jabbed me is hot and the redness is spreading"),
    ("leg_clot", "my calf is swollen and hot"),
    ("jaundice", "my eyes have gone yellow"),
    ("nitrous_oxide", "been doing balloons and now my legs are tingling"),
    ("nerve_worsening", "my legs are getting weaker and more numb since last week"),
    ("nerve_worsening", "numbness creeping up my legs"),
    ("nerve_worsening", "walking is getting harder and harder"),
    ("nerve_worsening", "pins and needles are getting stronger every day"),
    ("nerve_worsening", "my foot drags when i walk"),
    ("nerve_worsening", "cant button my shirt anymore"),
    ("nerve_worsening", "im staggering about like a drunk"),
    ("injection_infection", "theres pus coming out of my injection site"),
    ("injection_infection", "the needle mark is weeping green stuff"),
    ("injection_infection", "redness round the jab is getting bigger"),
    ("palpitations", "my heart keeps fluttering since the second injection"),
    ("palpitations", "i get a fluttery feeling in my chest"),
    ("palpitations", "my hearts doing funny little flips"),
    ("leg_clot", "one of my calves is twice the size"),
    ("vision_change", "everything looks blurry lately"),
    ("mental_health", "mum is getting more and more confused"),
    ("rash_or_swelling", "rash on my chest since the jab and it itches like mad"),
    ("pregnancy_deficiency", "im 20 weeks, b12 low"),
    ("bladder_bowel", "numb round my private parts"),
    ("injection_infection", "shivery and feverish since my jab"),
    ("leg_clot", "my leg is swollen and hot"),
    ("mental_health", "grandad is more muddled than usual"),
    ("nitrous_oxide", "does laughing gas at uni and his legs feel funny now"),
]
# Neighbours of these wordings that tell of nothing to be seen today.
NOTHING = [
    "does b12 deficiency make your legs get weaker",
    "will i be staggering about after the injection",
    "how would i know if its infected",
    "no redness and the bruise isnt getting bigger, is that ok",
    "my heart pounds when i see needles",
    "can b12 cause a fluttery feeling in the chest",
    "can low b12 make everything look blurry",
    "my wee is dark yellow after the tablets",
    "my dad had a blood clot in one of his calves in 2010",
    "b12 was low, my next jab is in 12 weeks",
    "im 12 weeks into treatment and still low b12",
    "im 6 weeks late for my jab and my b12 is low",
    "my little girl has eaten a lot of eggs, is that enough b12",
    "can i have the injection with a fever",
    "got spots on my chin since starting b12",
    "if i stop will my tingling come back",
    "my heart flutters when im anxious about needles",
]
CALM = [
    pytest.param("no chest pain or anything just a sore arm", id="negated"),
    pytest.param("can b12 injections cause anaphylaxis", id="general"),
    pytest.param("what are the signs of a stroke", id="asked about"),
    pytest.param("is wheezing a bad sign?", id="about nobody"),
    pytest.param("what should i do if i ever get chest pain", id="hypothetical"),
    pytest.param("had a stroke ten years ago, can i have b12", id="past"),
    pytest.param("mum and grandad both died of strokes", id="family history"),
    pytest.param("im dying to know how long it takes", id="figure of speech: dying to"),
    pytest.param("nearly had a heart attack when i saw the price", id="figure of speech: price"),
    pytest.param("the cost takes my breath away", id="figure of speech: breath"),
    pytest.param("i took two b12 tablets by mistake", id="a B12 tablet too many"),
    pytest.param("is being wheezy a warning sign", id="wheezing in general"),
    pytest.param("i had sepsis in 2021, can i have b12", id="sepsis in the past"),
    pytest.param("doing a first aid course, how do you treat a seizure", id="a course"),
    pytest.param("scared to death my tongue will swell up", id="feared"),
    pytest.param("how often do i need it", id="plain"),
    pytest.param("do you play chess in the waiting room", id="chess is not chest"),
    pytest.param("i take it before my bloods at lifelabs", id="lifelabs is not lifeless"),
    pytest.param("what do i do if i get chest pain after a jab", id="what to do if"),
    pytest.param("a woman on facebook said her throat closed up", id="heard of"),
    pytest.param("i have asthma and get wheezy sometimes", id="a long-term condition"),
    pytest.param("i took 3 of my b12 tablets by accident", id="some B12 tablets too many"),
    pytest.param("had two jabs in a week by mistake", id="an injection too many"),
    pytest.param("gave myself the jab in the wrong spot", id="the wrong place"),
    pytest.param("sharp zap down my arm when nurse hit a nerve", id="a nerve hit by the needle"),
    pytest.param("i collapsed into bed after work", id="figure of speech: collapsed"),
    pytest.param("i cant breathe a word to my mum", id="figure of speech: a word"),
    pytest.param("i have old self harm scars on my thigh, can i inject there", id="scars"),
    pytest.param("my dog collapsed after his b12", id="a pet"),
]


@pytest.mark.parametrize(("hazard", "text"), NOW)
def test_an_emergency_is_recognised(hazard: str, text: str) -> None:
    alarm = red_flags().find(text)
    assert alarm and alarm.urgency == "now"
    assert hazard in (alarm.hazard, *alarm.also)


@pytest.mark.parametrize("text", CRISIS)
def test_a_crisis_is_recognised(text: str) -> None:
    alarm = red_flags().find(text)
    assert alarm and alarm.urgency == "crisis"


@pytest.mark.parametrize(("hazard", "text"), SAME_DAY)
def test_a_same_day_sign_is_recognised(hazard: str, text: str) -> None:
    assert red_flags().find(text) == Alarm(hazard, "same_day", red_flags().find(text).also)


@pytest.mark.parametrize("text", NOTHING)
def test_a_neighbour_of_a_same_day_sign_raises_nothing(text: str) -> None:
    assert red_flags().find(text) is None


@pytest.mark.parametrize("text", CALM)
def test_what_only_mentions_a_sign_raises_no_alarm(text: str) -> None:
    alarm = red_flags().find(text)
    assert alarm is None or alarm.urgency == "same_day"


@pytest.mark.parametrize(
    ("text", "hazard"),
    [
        pytest.param("how often do i need it and where do they do it also my throat is swelling up and i cant swallow", "anaphylaxis", id="in the middle"),
        pytest.param("I have come out in hives. Also I'm struggling to get air in.", "anaphylaxis", id="over two sentences"),
        pytest.param("my mums lips are swelling", "anaphylaxis", id="somebody else"),
        pytest.param("MY THROAT IS CLOSING UP", "anaphylaxis", id="capitals"),
        pytest.param("my throaat is cloosing up", "anaphylaxis", id="spelling"),
        pytest.param("my thr\u200boat is closing\u202e up", "anaphylaxis", id="invisible letters"),
        pytest.param("no fever but i cant breathe", "severe_breathlessness", id="a negation that ends"),
        pytest.param("oh no my chest hurts and it goes into my jaw", "chest_pain", id="a no that negates nothing"),
        pytest.param("the pain came back in the middle of my chest", "chest_pain", id="back in, but not of a year"),
        pytest.param("can i drive after, also my chest hurts and my jaw", "chest_pain", id="a calm question beside it"),
    ],
)  # fmt: skip
def test_an_emergency_is_recognised_wherever_it_stands(text: str, hazard: str) -> None:
    alarm = red_flags().find(text)
    assert alarm and alarm.urgency == "now"
    assert hazard in (alarm.hazard, *alarm.also)


@pytest.mark.parametrize(
    ("text", "hazard"),
    [
        pytest.param("her chest hurt and now shes collapsed", "collapse", id="who has collapsed needs more than rest"),
        pytest.param("her lips are blue and she wont wake up", "collapse", id="who doesn't wake may need compressions"),
        pytest.param(
            "i injected too much insulin instead of my b12", "insulin_mistake", id="insulin is no other poison"
        ),
        pytest.param(
            "ive got a tight chest and im itching everywhere since the jab", "anaphylaxis", id="a pen before rest"
        ),
        pytest.param("my leg is swollen and hot", "leg_clot", id="a clot before an infection"),
    ],
)
def test_of_several_hazards_that_one_is_answered_whose_help_matters_most(text: str, hazard: str) -> None:
    alarm = red_flags().find(text)
    assert alarm and alarm.hazard == hazard


@pytest.mark.parametrize(
    ("text", "hazard"),
    [
        ("whats anaphylaxis", "anaphylaxis"),
        ("what are the signs of a stroke", "stroke_signs"),
        ("can the jab make your throat swell", "anaphylaxis"),
        ("does low b12 make you suicidal", "self_harm"),
        ("no chest pain", "chest_pain"),
        ("how often do i need it", None),
    ],
)
def test_a_hazard_that_is_only_spoken_of_is_noted(text: str, hazard: str | None) -> None:
    judged = red_flags().judge(text)
    assert judged.alarm is None
    assert judged.mentioned == hazard


@pytest.mark.parametrize(
    "text",
    [
        "i think i have that",
        "its happening to me, since yesterday",
        "yes i do",
        "im getting it now",
        "she has all of those",
    ],
)
def test_a_claim_says_that_it_is_happening(text: str) -> None:
    assert red_flags().judge(text).claims


@pytest.mark.parametrize(
    "text", ["i have it every 12 weeks", "i think i have b12 deficiency", "yes i do need one", "how do they treat that"]
)
def test_what_goes_on_with_something_else_claims_nothing(text: str) -> None:
    assert not red_flags().judge(text).claims


@pytest.mark.parametrize("hazard", sorted({hazard for hazard, _ in NOW}))
def test_without_a_hazards_file_its_messages_are_missed_or_told_otherwise(tmp_path: Path, hazard: str) -> None:
    shutil.copytree(paths.SAFETY, tmp_path / "safety")
    (tmp_path / "safety" / f"{hazard}.yml").unlink()
    without = RedFlags.load(tmp_path / "safety")
    for text in [text for name, text in NOW if name == hazard]:
        alarm = without.find(text)
        assert alarm is None or hazard not in (alarm.hazard, *alarm.also)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("urgency: now", "urgency: soon", r"anaphylaxis\.yml:1: urgency: unexpected value"),
        ("  - PART .. SWELLS", "  - PART .. swe*", r"anaphylaxis\.yml:\d+: the beginning 'swe\*' is too short to be looked up"),
        ("  - PART .. SWELLS", "  - PARTS .. SWELLS", r"anaphylaxis\.yml:\d+: the group 'PARTS' is not defined"),
        ("  - PART .. SWELLS", "  - PART ..", r"anaphylaxis\.yml:\d+: the wording 'PART \.\.' doesn't begin and end with a word"),
        ("signs:", "sings:", r"anaphylaxis\.yml:\d+: signs: field required"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named_with_its_file(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    shutil.copytree(paths.SAFETY, tmp_path / "safety")
    path = tmp_path / "safety" / "anaphylaxis.yml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ContentError, match=complaint):
        RedFlags.load(tmp_path / "safety")


@given(st.text(max_size=1000))
def test_any_text_gives_an_alarm_or_none(text: str) -> None:
    alarm = red_flags().find(text)
    assert alarm is None or alarm.urgency in ("now", "crisis", "same_day")


@pytest.mark.parametrize("word", ["chest ", "my throat ", "cant ", "no ", "i ", "swelling throat "])
def test_no_text_makes_the_rules_slow(word: str) -> None:
    rules = red_flags()
    start = time.process_time()
    rules.find((word * 1000)[:1000])
    assert time.process_time() - start < 10  # it takes some milliseconds; without end is what this is against


def test_no_wording_is_open_to_backtracking_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RedFlags.load()
    steps = 0
    end = word_rows._end

    def counted(*args) -> int:
        nonlocal steps
        steps += 1
        return end(*args)

    monkeypatch.setattr(word_rows, "_end", counted)
    # Each row's own words over and over, its last word never: what makes a matcher try every way.
    rows = {row for found in rules._signs._by_first.values() for _, row in found}
    for row in sorted((row for row in rows if None in row), key=len)[-40:]:
        words = [sorted(part)[0] for part in row[:-1] if part is not None] * 100
        steps = 0
        rules.find(" ".join(words)[:MOST_LETTERS])
        assert steps < 400 * len(words), (row, steps)


def test_a_message_is_judged_once_and_its_words_are_not_kept(monkeypatch) -> None:
    rules = RedFlags.load()
    asked: list[str] = []
    real = rules._judge
    monkeypatch.setattr(rules, "_judge", lambda text: asked.append(text) or real(text))
    for _ in range(3):
        assert rules.find("my throat is closing up").urgency == "now"
    assert asked == ["my throat is closing up"]
    assert "throat" not in repr(rules._judged.keys())
    for number in range(2 * MOST_JUDGED):
        rules.find(f"message {number}")
    assert len(rules._judged) == MOST_JUDGED
