"""What we know and how we say it: saved answers, guidelines, strong examples, and the gaps."""
