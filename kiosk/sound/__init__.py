"""What a window says aloud: prompts, and the guide for whoever cannot see the screen."""
