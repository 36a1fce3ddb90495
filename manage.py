#!/usr/bin/env python
"""Runs a management command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
    from django.core.management import execute_from_command_line

    from journal.fence import scope

    scope.declare_system()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
