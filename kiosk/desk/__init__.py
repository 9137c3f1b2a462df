"""The clerk's desk: how a window is told to ask, and told that it was answered, never how."""
