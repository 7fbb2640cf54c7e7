"""The staff's report: what people ask, what is refused, what they think of the answers. From the records of turns, without words."""
