"""People: users with their roles, teams (departments) and brands."""
