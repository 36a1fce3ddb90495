from django.contrib.admin.apps import AdminConfig


class OsteonAdminConfig(AdminConfig):
    default_site = "journal.admin.site.OsteonAdminSite"
