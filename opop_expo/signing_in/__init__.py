"""Who may come in: passwords, the second factor, locks, and how long a login lasts."""
