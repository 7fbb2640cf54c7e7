import pytest
import spacy

from assistant.nlu.language import english, english_whole_words


@pytest.mark.parametrize(
    "text",
    [
        "i cant breathe and im dizzy",
        "can't i take it? don't know...",
        "see www.example.com or mail a.b@example.org at 5pm",
        "10mg/ml, 1,000mcg & 2-3 times :) e.g. in the U.S.",
        "it's the nurse's (old) 'shot' -- really?!",
        "",
        "  two   spaces\nand a line ",
    ],
)
def test_whole_words_are_cut_as_by_spacys_pipeline_without_its_exceptions(text: str) -> None:
    plain = spacy.blank("en")
    plain.tokenizer.rules = {}
    assert [(token.text, token.idx) for token in english_whole_words()(text)] == [
        (token.text, token.idx) for token in plain(text)
    ]


def test_the_exceptions_of_the_other_tokenizer_stay() -> None:
    english_whole_words()
    assert [token.text for token in english().make_doc("i cant")] == ["i", "ca", "nt"]
    assert [token.text for token in english_whole_words()("i cant")] == ["i", "cant"]
