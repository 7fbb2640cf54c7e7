"""The language of a message that isn't English."""

import pytest

from assistant.nlu.languages import language_of
from assistant.reply import other_language, texts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Cada cuánto tiempo me tengo que poner la inyección?", "es"),
        ("czy zastrzyk z witaminy b12 boli", "pl"),
        ("Cât de des trebuie să fac injecția?", "ro"),
        ("estou grávida e tenho anemia", "pt"),
        ("Combien de temps dure l'effet de la piqûre ?", "fr"),
        ("维生素B12针多久打一次", "zh"),
        ("هل إبرة فيتامين ب12 مؤلمة", "ar"),
        ("مجھے انگریزی نہیں آتی", "ur"),
        ("ਬੀ12 ਦਾ ਟੀਕਾ ਕਿੰਨੀ ਵਾਰ ਲੱਗਦਾ ਹੈ", "pa"),
        ("আমি ইংরেজি বুঝি না", "bn"),
    ],
)
def test_the_ten_languages_are_told_apart_and_have_their_sentence(text: str, language: str) -> None:
    assert language_of(text) == language
    own = texts().fill(texts().fixed.languages[language])
    reply = other_language(language)
    assert reply.text.startswith(own)
    assert "999" in own
    assert reply.contacts


def test_an_unclear_language_gets_the_english_text_alone() -> None:
    assert language_of("xx") is None
    assert other_language(None).text.startswith("I can only read and answer in English")
