"""The benchmark: heroes beside other servers, under the same load, in alternating rounds."""
