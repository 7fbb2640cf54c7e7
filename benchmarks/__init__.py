"""Measurements that compare the assistant with what Rasa offers; anybody can run them again."""
