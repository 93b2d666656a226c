"""Who answers for a service point, as bmb emits it."""
