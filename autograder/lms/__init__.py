"""Learning management systems: who is who, what they hand over, and which files they import."""
