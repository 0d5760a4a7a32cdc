"""What people read for the questions and answers of triage, and the keys that say them."""

from __future__ import annotations

from harken.domain.triage.model.rules import TOPIC
from harken.domain.triage.queries import LANGUAGE

TITLES = {
    TOPIC: "Topic",
    "sentiment": "Feeling",
    "urgency": "Urgency",
    "person": "A person",
    "stakes": "At stake",
    "relevance": "For us",
    LANGUAGE: "Language",
}
#: question -> label -> what people read, and the key that says it
ANSWERS: dict[str, dict[str, tuple[str, str]]] = {
    "sentiment": {
        "negative": ("Negative", "n"),
        "neutral": ("Neutral", "m"),
        "positive": ("Positive", "p"),
    },
    "urgency": {"urgent": ("Urgent", "u"), "normal": ("Can wait its turn", "w")},
    "person": {"asked": ("Asks for a person", "h"), "no": ("Does not ask", "b")},
    "stakes": {
        "threat": ("Threat", "t"),
        "opportunity": ("Opportunity", "o"),
        "none": ("Neither", "k"),
    },
    "relevance": {
        "relevant": ("Yes", "r"),
        "irrelevant": ("Not about us", "x"),
        "spam": ("Spam", "s"),
    },
}


def label_names(question: str) -> dict[str, str]:
    """Label -> what people read, of a question with fixed answers; empty for the others."""
    return {label: text for label, (text, _) in ANSWERS.get(question, {}).items()}
