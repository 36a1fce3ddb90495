"""Whom a clinic has, in which order they are told, and at which times."""
