"""How long a password must be (NIST SP 800-63B revision 4). Beside it, a list of common ones."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ALONE = 15
WITH_SECOND_FACTOR = 8
LONGEST = 1024


class LengthValidator:
    """15 signs where the password is all there is, 8 beside a second factor, and room for any sentence."""

    def validate(self, password: str, user: Any = None) -> None:
        least = WITH_SECOND_FACTOR if user and user.pk and is_mfa_enabled(user) else ALONE
        if len(password) < least:
            raise ValidationError(
                _("This password is too short: it needs %(least)s signs. A short sentence does well."),
                code="password_too_short",
                params={"least": least},
            )
        if len(password) > LONGEST:
            raise ValidationError(
                _("At most %(most)s signs."), code="password_too_long", params={"most": LONGEST}
            )

    def get_help_text(self) -> str:
        return _("At least %(alone)s signs, or %(beside)s beside a second factor: a short sentence.") % {
            "alone": ALONE,
            "beside": WITH_SECOND_FACTOR,
        }


def keep_blanks() -> None:
    """A password is compared exactly. The app's forms would cut blanks off its ends, the desk's don't."""
    from allauth.headless.account import inputs

    for form, names in (
        (inputs.SignupInput, ["password"]),
        (inputs.LoginInput, ["password"]),
        (inputs.ResetPasswordInput, ["password"]),
        (inputs.ChangePasswordInput, ["current_password", "new_password"]),
    ):
        for name in names:
            form.base_fields[name].strip = False
