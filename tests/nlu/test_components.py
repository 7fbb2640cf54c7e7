"""The components keep Rasa's contracts: features of the right shape, nothing lost, the same after loading, twice the same."""

import numpy as np
import pytest
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT

from assistant.nlu.sentence_encoder import SentenceEncoder
from assistant.nlu.topic_classifier import TopicClassifier

QUESTIONS = ["does it hurt much", "how often is it then", "hello you", "what is the weather like", "zxcv"]


def test_the_tokenizer_gives_words_with_their_places(pipeline) -> None:
    tokens = pipeline.parse("it doesn't hurt!", components=1)[0].get(TOKENS_NAMES[TEXT])
    assert [(token.text, token.start) for token in tokens] == [
        ("it", 0),
        ("does", 3),
        ("n't", 7),
        ("hurt", 11),
        ("!", 15),
    ]


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "///"])
def test_a_text_without_words_gets_no_features_and_is_declined(pipeline, text: str) -> None:
    parsed = pipeline.parse(text)[0]
    assert parsed.get(TOKENS_NAMES[TEXT]) == []
    assert parsed.features == []
    assert parsed.get("intent")["name"] == "out_of_scope"


def test_the_featurizers_add_one_sentence_feature_each_and_remove_none(pipeline) -> None:
    after_ngrams = pipeline.parse("does it hurt", components=2)[0]
    assert len(after_ngrams.features) == 1
    after_both = pipeline.parse("does it hurt", components=3)[0]
    assert len(after_both.features) == 2
    _, ngrams = after_both.get_sparse_features(TEXT)
    _, vector = after_both.get_dense_features(TEXT)
    assert ngrams.features.shape[0] == 1 and ngrams.features.nnz > 0
    assert vector.features.shape == (1, 384)
    assert np.linalg.norm(vector.features) == pytest.approx(1, abs=1e-3)


def test_the_featurizers_need_a_tokenizer() -> None:
    from rasa.nlu.tokenizers.tokenizer import Tokenizer

    assert SentenceEncoder.required_components() == [Tokenizer]


def test_the_classifier_sets_all_that_the_actions_read(pipeline) -> None:
    parsed = pipeline.parse("does it hurt")[0]
    out = parsed.as_dict(only_output_properties=True)
    assert out["intent"] == {"name": "injection_pain", "confidence": 1.0}
    assert {"name", "confidence"} == set(out["intent_ranking"][0])
    assert out["offered"] == []
    assert out["out_of_scope_kind"] == ""
    assert parsed.get("passage") is None  # nothing was answered yet


def test_a_declined_message_names_its_kind(pipeline) -> None:
    assert pipeline.parse("what is the weather")[0].get("out_of_scope_kind") == "not_health"


def test_a_batch_gives_what_each_message_alone_gives(pipeline) -> None:
    together = [parsed.get("intent") for parsed in pipeline.parse(*QUESTIONS)]
    alone = [pipeline.parse(text)[0].get("intent") for text in QUESTIONS]
    for one, other in zip(together, alone, strict=True):
        assert one["name"] == other["name"]
        assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-3)


def test_a_loaded_pipeline_understands_the_same(pipeline) -> None:
    loaded = pipeline.loaded()
    for before, after in zip(pipeline.parse(*QUESTIONS), loaded.parse(*QUESTIONS), strict=True):
        assert before.get("intent")["name"] == after.get("intent")["name"]
        for one, other in zip(before.get("intent_ranking"), after.get("intent_ranking"), strict=True):
            assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-2)


def test_asking_twice_gives_the_same(pipeline) -> None:
    first, second = (
        [parsed.as_dict(only_output_properties=True) for parsed in pipeline.parse(*QUESTIONS)] for _ in range(2)
    )
    assert first == second


def test_an_untrained_classifier_refuses_to_load_instead_of_serving(pipeline) -> None:
    with pytest.raises(ValueError, match="nothing-here"):
        TopicClassifier.load(
            TopicClassifier.get_default_config(), pipeline._storage, Resource("nothing-here"), pipeline._context
        )


def test_an_untrained_classifier_does_not_answer(pipeline) -> None:
    fresh = TopicClassifier.create(
        TopicClassifier.get_default_config(), pipeline._storage, Resource("fresh"), pipeline._context
    )
    with pytest.raises(RuntimeError, match="neither trained nor loaded"):
        fresh.process(pipeline.parse("hello", components=3))


def test_the_training_cache_notices_another_adapter(monkeypatch, tmp_path) -> None:
    from assistant.nlu import adapter

    before = SentenceEncoder.fingerprint_addon({})
    other = tmp_path / "adapter.safetensors"
    other.write_bytes(b"another")
    monkeypatch.setattr(adapter, "ADAPTER", other)
    assert SentenceEncoder.fingerprint_addon({}) != before
