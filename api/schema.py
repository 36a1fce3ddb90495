"""What OpenAPI can't see by itself: what every operation shares, said once."""

import json
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from api import deprecations
from api.errors import RETRY_AFTER_SECONDS, TITLES


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


def _example(status: int, code: str, detail: str, *errors: dict[str, str]) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "errors": list(errors),
    }


def _whole(code: str, detail: str) -> dict[str, str]:
    return {"pointer": "", "code": code, "detail": detail}


def _problem(description: str, example: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{ref}"} for name, ref in headers.items()},
        "content": {
            PROBLEM_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example,
            }
        },
    }


PROBLEM_TYPE = "application/problem+json"
TOO_LARGE = "A body may have at most 262144 bytes, unpacked."
RESPONSES = {
    "NotModified": {
        "description": "Nothing changed since the ETag that `If-None-Match` names; there is no body.",
        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
    },
    "BadRequest": _problem(
        "`invalid-json`: not JSON, or JSON that could be read in two ways. `invalid-gzip`: a body that "
        "can't be unpacked. `invalid-app-version`: `X-App-Version` is not written as in 1.4.2.",
        _example(
            400,
            "invalid-json",
            "Not valid JSON: a name stands twice in one object",
            _whole("invalid-json", "Not valid JSON: a name stands twice in one object"),
        ),
    ),
    "Unauthorized": _problem(
        "No valid session token: sign in again. Nothing on the phone is lost.",
        _example(
            401,
            "not-authenticated",
            "Authentication credentials were not provided.",
            _whole("not-authenticated", "Authentication credentials were not provided."),
        ),
    ),
    "Forbidden": _problem(
        "`permission-denied`: signed in, but not as a patient.",
        _example(
            403,
            "permission-denied",
            "This account is not enrolled as a patient.",
            _whole("permission-denied", "This account is not enrolled as a patient."),
        ),
    ),
    "NotFound": _problem(
        "There is no such thing, or it is another patient's: both look the same.",
        _example(404, "not-found", "Not found.", _whole("not-found", "Not found.")),
    ),
    "NotAcceptable": _problem(
        "`Accept` asks for something else than JSON.",
        _example(
            406,
            "not-acceptable",
            "Could not satisfy the request Accept header.",
            _whole("not-acceptable", "Could not satisfy the request Accept header."),
        ),
    ),
    "TooLarge": _problem(
        "The body is larger than 256 KiB (4 MiB for `/sync`), unpacked. `/sync` also says `too-many-rows`.",
        _example(413, "too-large", TOO_LARGE, _whole("too-large", TOO_LARGE)),
    ),
    "UnsupportedMediaType": _problem(
        "The body is not `application/json`, or it is packed otherwise than with gzip "
        "(`unsupported-content-encoding`).",
        _example(
            415,
            "unsupported-media-type",
            'Unsupported media type "text/plain" in request.',
            _whole("unsupported-media-type", 'Unsupported media type "text/plain" in request.'),
        ),
    ),
    "NotValid": _problem(
        "Not valid: all that is wrong, at once, each with a JSON pointer into the body, or the name of the "
        "query parameter. What is not known is refused and named.",
        _example(
            422,
            "not-valid",
            "Some fields are not valid.",
            {"pointer": "/pains/0/severity", "code": "int-type", "detail": "Input should be a valid integer"},
            {"pointer": "/stars", "code": "extra-forbidden", "detail": "Extra inputs are not permitted"},
        ),
    ),
    "AppTooOld": _problem(
        "`app-too-old`: this version of the app can't be used any more. Ask the patient to update; keep what "
        "is on the phone, it syncs afterwards.",
        _example(
            426,
            "app-too-old",
            "This version of the app can't be used any more. Please update it.",
            _whole("app-too-old", "This version of the app can't be used any more. Please update it."),
        ),
    ),
    "TooManyRequests": _problem(
        "`throttled`: too many requests in this minute. Send the same again after `Retry-After`.",
        _example(
            429,
            "throttled",
            "Request was throttled. Expected available in 20 seconds.",
            _whole("throttled", "Request was throttled. Expected available in 20 seconds."),
        ),
        **{"Retry-After": "RetryAfter"},
    ),
    "NotAvailable": _problem(
        "`not-available`: not for a moment. Send the same again after `Retry-After`; it is harmless.",
        _example(503, "not-available", "Please send the same request again."),
        **{"Retry-After": "RetryAfter"},
    ),
}
HEADERS = {
    "ETag": {
        "description": "Names this state. Send it back in `If-None-Match` to hear 304 while nothing changed, "
        "or in `If-Match` to change only what was read.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "RequestId": {
        "description": "The request's own `X-Request-ID`, or one made here: name it in a bug report.",
        "schema": {"type": "string"},
        "required": True,
        "example": "0198c5a0-7d3c-7c3e-9d5e-0a4b5c6d7e8f",
    },
    "RateLimit": {
        "description": "Requests left (`r`), and seconds until the count starts anew (`t`).",
        "schema": {"type": "string"},
        "example": '"person";r=599;t=20',
    },
    "RateLimitPolicy": {
        "description": "Requests that one person may make (`q`) in so many seconds (`w`).",
        "schema": {"type": "string"},
        "example": '"person";q=600;w=60',
    },
    "RetryAfter": {
        "description": "Seconds after which to send the same again.",
        "schema": {"type": "integer", "minimum": 0},
        "required": True,
        "example": RETRY_AFTER_SECONDS,
    },
}
ON_EVERY_ANSWER = {
    "X-Request-ID": "RequestId",
    "RateLimit": "RateLimit",
    "RateLimit-Policy": "RateLimitPolicy",
}
PARAMETERS = {
    "AppVersion": {
        "in": "header",
        "name": "X-App-Version",
        "schema": {"type": "string", "pattern": r"^([0-9]{1,6}(\.[0-9]{1,6}){0,3})?$"},
        "description": "The app's version. One that is too old is answered 426.",
        "example": "1.4.2",
    },
    "RequestId": {
        "in": "header",
        "name": "X-Request-ID",
        "schema": {"type": "string"},
        "description": "Up to 64 letters, digits, `.`, `_` and `-`: comes back on the answer, and stands "
        "in the server's log. One that is written otherwise is replaced.",
    },
    "IfNoneMatch": {
        "in": "header",
        "name": "If-None-Match",
        "schema": {"type": "string"},
        "description": "The `ETag` of the answer that the phone has: 304 while it is still so.",
    },
}
OF_ALL = {
    "400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "406": "NotAcceptable",
    "422": "NotValid", "426": "AppTooOld", "429": "TooManyRequests", "503": "NotAvailable",
}  # fmt: skip
OF_BODIES = {"413": "TooLarge", "415": "UnsupportedMediaType"}


def with_what_every_call_shares(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Headers and refusals that no view knows of, and announcements of what ends."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items() if path.startswith("/api/v1/") else ():
            _complete(path, method, operation)
    result["components"] |= {"responses": RESPONSES, "headers": HEADERS, "parameters": PARAMETERS}
    for schema in result["components"]["schemas"].values():
        _without_defaults(schema)
    deprecations.announced_in(result["paths"])
    return result


def _without_defaults(schema: dict[str, Any]) -> None:
    """A field that may be left out is left out of answers too: generators take a default for a promise."""
    for field in schema.get("properties", {}).values():
        default = field.pop("default", None)
        if default not in (None, []):
            field["description"] += f" Left out, it counts as {json.dumps(default)}."


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    parameters: list[dict[str, Any]] = operation.setdefault("parameters", [])
    for each in parameters:
        if each["in"] == "path":
            each.setdefault("description", "The id, a UUID in either case.")
    shared = ["AppVersion", "RequestId", *(["IfNoneMatch"] if method == "get" else [])]
    parameters.extend({"$ref": f"#/components/parameters/{name}"} for name in shared)
    names = dict(OF_ALL)
    if method == "get":
        names["304"] = "NotModified"
    if "{" in path:
        names["404"] = "NotFound"
    if "requestBody" in operation:
        names |= OF_BODIES
    said: dict[str, Any] = operation["responses"]
    # What a view says in its own words stays: it knows more.
    for status, name in names.items():
        said.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    for status, response in said.items():
        _complete_response(method, status, response)
    operation["responses"] = dict(sorted(said.items()))


def _complete_response(method: str, status: str, response: dict[str, Any]) -> None:
    if "$ref" in response:
        return
    headers = response.setdefault("headers", {})
    names = dict(ON_EVERY_ANSWER)
    if method == "get" and status == "200":
        names["ETag"] = "ETag"
    for name, ref in names.items():
        headers.setdefault(name, {"$ref": f"#/components/headers/{ref}"})
    if int(status) >= 400:
        response["content"] = {PROBLEM_TYPE: response.pop("content")["application/json"]}


for _each in RESPONSES.values():
    _each["headers"] = {
        **_each["headers"],
        **{name: {"$ref": f"#/components/headers/{ref}"} for name, ref in ON_EVERY_ANSWER.items()},
    }
