"""One file per loss: `log_loss.py` would be the loss `log-loss`. A file is data: a docstring and `LOSS`."""
