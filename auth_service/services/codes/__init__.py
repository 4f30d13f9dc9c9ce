"""Codes that a person receives and types in, each for one purpose and good once."""
