"""How dates and hours are written and read where Django's own way is another country's."""
