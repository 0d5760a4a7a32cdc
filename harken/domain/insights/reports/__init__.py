"""One file for each report; its docstring is the question it answers."""
