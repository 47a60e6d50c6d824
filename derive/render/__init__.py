"""The outputs: each file has `render(certificate) -> str`. They read certificates only."""
