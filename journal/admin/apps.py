"""The app of the desk."""

from django.contrib.admin.apps import AdminConfig


class OsteonAdminConfig(AdminConfig):
    """Registers the desk's pages and takes out those of other packages, which know no clinic."""

    default_site = "journal.admin.site.OsteonAdminSite"

    def ready(self) -> None:
        super().ready()
        from journal.admin import middleware, register, second_factor

        register.pages()
        second_factor.listen()
        middleware.listen()
