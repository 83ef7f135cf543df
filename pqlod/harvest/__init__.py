"""Services that are harvested: how each is asked and read, and what is kept of what it sent."""
