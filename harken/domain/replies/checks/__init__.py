"""What is looked at before an answer leaves: one check a file, each with a reason.

A check is plain: it reads a `Reading` and says what it found. `port.py` has the words they share,
`registry.py` finds them, everything else in this folder is one check and exports `CHECK`.
"""
