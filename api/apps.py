from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        from allauth.usersessions.models import UserSession

        from api import alike, checks, passwords, schema, signed_in  # noqa: F401  (two register themselves)
        from journal.accounts import keys

        keys.take_over(UserSession._meta.get_field("session_key"))
        signed_in.listen()
        passwords.keep_blanks()
        alike.make_alike()
