"""What is well and what is not with this box: numbered checks, each with what to do about it."""
