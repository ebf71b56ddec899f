"""The HTTP server: uvicorn with bounds, on sockets of ours, and what it logs."""
