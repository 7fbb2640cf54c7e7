"""For the people who look after the content: what is due, a card as people see it, signatures, previews and leaflets."""
