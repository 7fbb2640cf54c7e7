"""What may be said, and why: cards, the facts they rest on, the sources of the facts."""
