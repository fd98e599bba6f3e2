"""Forms made from the facts that a move asks for; one validation for pages and API."""
