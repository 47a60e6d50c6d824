"""What `derive.check` does with a claim: it is read, compared, recognised or explained, and examined as a whole."""
