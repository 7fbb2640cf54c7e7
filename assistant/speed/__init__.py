"""Parts of Rasa 3.6.21 replaced by faster ones that do the same; docs/performance.md names each and the test that guards it."""
