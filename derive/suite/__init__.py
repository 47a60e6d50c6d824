"""Many claims: what `derive check TARGET...`, the pytest plugin and the cache share."""
