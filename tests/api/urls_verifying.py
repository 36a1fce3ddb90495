"""The addresses as they are outside the demo, where a passkey may stand in for a password from the start."""

from allauth.mfa.webauthn.views import signup_webauthn
from django.urls import path

from api.urls import by_passkey
from api.urls import urlpatterns as usual

urlpatterns = [
    *by_passkey,
    path("accounts/2fa/webauthn/signup/", signup_webauthn, name="mfa_signup_webauthn"),
    *usual,
]
