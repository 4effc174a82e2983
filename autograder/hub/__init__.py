"""JupyterHub for a class: its settings (`autograder.hub.settings`) and its proxy (`autograder.hub.proxy`)."""
