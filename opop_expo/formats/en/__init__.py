"""English as it is written in Indonesia."""
