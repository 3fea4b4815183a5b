"""Personal data: what is kept and why, for how long, and what a person may ask for."""
