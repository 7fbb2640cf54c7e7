"""How well the assistant understands, measured on questions it was not trained on."""
