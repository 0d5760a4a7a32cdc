"""Pages for leads and managers: channels, their health and what could not be read."""
