"""Understanding: what a message is about, as components of a Rasa pipeline."""
