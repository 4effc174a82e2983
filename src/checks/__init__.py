"""What a learner's notebook imports: run the public cases, compare, name the mistake, draw the difference."""
