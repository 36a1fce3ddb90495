"""What OpenAPI can't see by itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How OpenAPI describes the session token."""

    target_class = "api.auth.SessionToken"
    name = "SessionToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "From `/_allauth/app/v1/auth/login` or `…/signup`. Each step gives a new one.",
        }


OPEN_TO_ALL = ("/api/v1/schema", "/api/v1/docs")
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
TOO_MANY = {
    "description": "Too many requests in this minute. `Retry-After` says when to go on, in seconds; "
    "`RateLimit` and `RateLimit-Policy` stand on every answer.",
    "headers": {"Retry-After": {"schema": {"type": "integer"}}},
    "content": PROBLEM,
}
TOO_OLD = {"description": "`app-too-old`: this version of the app must be updated.", "content": PROBLEM}
APP_VERSION = {
    "in": "header",
    "name": "X-App-Version",
    "schema": {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,6}){0,3}$"},
    "description": "The app's version, as in 1.4.2.",
}


def with_what_every_call_shares(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The limit and the minimum version of the app, which no view knows of."""
    for path, operations in result["paths"].items():
        for operation in operations.values() if not path.startswith(OPEN_TO_ALL) else ():
            operation.setdefault("parameters", []).append(APP_VERSION)
            operation["responses"] |= {"426": TOO_OLD, "429": TOO_MANY}
    return result
