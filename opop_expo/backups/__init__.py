"""Backups of everything that the portal keeps, proved by restoring them, and their way back."""
