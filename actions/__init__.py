"""What the assistant does in a turn: one Rasa action a file. They choose cards; they write no prose."""
