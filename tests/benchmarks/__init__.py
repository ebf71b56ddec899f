"""The benchmark: heroes and other servers, under the same load, in alternating rounds."""
