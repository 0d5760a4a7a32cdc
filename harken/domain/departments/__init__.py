"""Who answers for a waiting customer now, and who does when that person is away."""
