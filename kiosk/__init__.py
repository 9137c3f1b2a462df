"""The app on the window: visit, screen, clerk's desk, set-up."""
