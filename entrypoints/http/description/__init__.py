"""Parts of the OpenAPI document that FastAPI does not generate: errors, examples, HEAD, OPTIONS."""
