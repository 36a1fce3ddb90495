"""The same journal as a tutorial would write it, with no rules: a reference for the benchmarks alone."""
