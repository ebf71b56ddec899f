"""JSON Web Tokens of one issuer (RFC 7519), verified with its published keys (RFC 7517)."""
