"""Runs the command line from a checkout: `python cli.py show logistic`."""

from derive.cli import main

if __name__ == "__main__":
    main()
