"""The verbs of triage: judge, correct, teach, roll back, edit words."""
