"""Participants among themselves: who is here, what each offers and looks for, and who fits whom."""
