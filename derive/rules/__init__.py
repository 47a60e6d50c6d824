"""One function per rule, one file per subject. Plain walks over expressions: nothing here asks SymPy to simplify."""
