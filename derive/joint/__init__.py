"""One file per joint loss, of several raw predictions or of coupled rows. A file is data: a docstring and `LOSS`."""
