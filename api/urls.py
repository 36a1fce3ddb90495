"""Every address that Osteon answers."""

from allauth.headless.account.views import SignupView, VerifyEmailView
from allauth.headless.constants import Client
from allauth.headless.mfa.views import SignupWebAuthnView
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.urls import include, path

from api import health, security
from api.alike import ResetView
from api.errors import not_found
from api.sessions import one_at_a_time

# One transaction: the lock that the sign-up form takes on the invitation lasts until the code is used up,
# so of two sign-ups with one code exactly one succeeds and the other is refused in words.
signup = transaction.atomic(SignupView.as_api_view(client=Client.APP))
reset = one_at_a_time(ResetView.as_api_view(client=Client.APP))
verify = one_at_a_time(VerifyEmailView.as_api_view(client=Client.APP))
passkey_signup = transaction.atomic(SignupWebAuthnView.as_api_view(client=Client.APP))

by_passkey = [path("_allauth/app/v1/auth/webauthn/signup", passkey_signup)]

# allauth offers these whether or not there are phone numbers; asked, it would break.
WITHOUT_PHONE_NUMBERS = ("account/phone", "auth/phone/verify", "auth/phone/verify/resend")

urlpatterns = [
    *(by_passkey if settings.MFA_PASSKEY_SIGNUP_ENABLED else []),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("_allauth/app/v1/auth/signup", signup),
    path("_allauth/app/v1/auth/password/reset", reset),
    path("_allauth/app/v1/auth/email/verify", verify),
    *(path(f"_allauth/app/v1/{each}", not_found) for each in WITHOUT_PHONE_NUMBERS),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/v1/", include(("api.v1.urls", "v1"))),
    path(security.PATH, security.contact),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("health/flow", health.flowing),
    path("metrics", health.metrics),
]

handler400 = "api.errors.bad_request"
handler404 = "api.errors.not_found"
handler500 = "api.errors.failed"
