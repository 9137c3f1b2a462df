"""The hall server: the far end of the conversation, and what it makes of it."""
