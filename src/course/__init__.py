"""The course as a whole: set it up, build it, serve it."""
