"""`python -m harken.config.cli` is the `harken` command."""

from harken.config.cli import main

main()
