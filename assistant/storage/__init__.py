"""Everything that is stored: the database, the conversations, the records of turns, what is shared by Redis."""
