"""The usual Content-Security-Policy is put together once; a page of the desk has its own."""

import pytest
from csp.utils import build_policy
from django.test import Client

from tests.api.phone import Phone

pytestmark = pytest.mark.django_db


def directives(policy: str) -> set[str]:
    return {one.strip() for one in policy.split(";")}


def test_the_api_answers_with_the_policy_that_is_set(phone: Phone) -> None:
    told = phone.request("GET", "/api/v1/me")["Content-Security-Policy"]
    assert directives(told) == directives(build_policy())
    assert "default-src 'self'" in told


def test_the_desk_has_its_own_policy_and_leaves_the_usual_one_alone(client: Client) -> None:
    usual = client.get("/health/live")["Content-Security-Policy"]
    desk = client.get("/admin/", follow=False)["Content-Security-Policy"]
    assert directives(client.get("/health/live")["Content-Security-Policy"]) == directives(usual)
    assert directives(usual) == directives(build_policy())
    assert directives(desk) != directives(usual)
