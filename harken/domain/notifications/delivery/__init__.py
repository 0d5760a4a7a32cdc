"""The way out: letters to browsers, mailboxes and pagers, tried until they arrive."""
