"""The ground: operations, types, text form, verifier, diagnostics, dialects, targets, interpreters."""
