"""Runs the command line from a checkout: `python cli.py show logistic`."""

from derive.cli import run

if __name__ == "__main__":
    run()
