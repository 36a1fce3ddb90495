"""Real PostgreSQL and Redis for a machine that has neither, out of wheels.

Nothing here imports Django: `api.settings` reads `stored_env` before Django is configured.
"""

from api.embedded.env import stored_env

__all__ = ["stored_env"]
