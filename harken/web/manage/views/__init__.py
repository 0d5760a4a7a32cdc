"""One file for each page, with the small answers that belong to it."""
