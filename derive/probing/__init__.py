"""The numeric probe for code that cannot be read: agreement of numbers, which proves nothing."""
