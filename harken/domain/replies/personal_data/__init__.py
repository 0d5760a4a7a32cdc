"""Finding personal data in a text: what nobody should post in public, not even about themselves.

Plain Python. `finder.find` looks with every detector; each detector is a file of its own.
"""
