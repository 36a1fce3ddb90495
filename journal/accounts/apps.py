from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "journal.accounts"
    label = "accounts"
    verbose_name = "People"
