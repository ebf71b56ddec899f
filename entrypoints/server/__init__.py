"""The HTTP server: uvicorn with limits, its sockets and its logs."""
