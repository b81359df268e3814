"""The ground: values, operations, types, text form, verifier, diagnostics, rewriter, dialects, targets."""
