"""The assistant on Telegram: one handler, by long polling or by a webhook."""
