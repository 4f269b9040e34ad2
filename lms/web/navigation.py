"""The links in header and footer, by what the reader may do."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

from lms.web.auth import my_roles


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go; `current` marks where the reader is."""

    label: str
    url: str
    current: bool = False


def init_app(app: Flask) -> None:
    """Give every template its links."""
    app.context_processor(_links)


def _links() -> dict[str, Any]:
    here = request.path

    def link(label: str, endpoint: str) -> Link:
        url = url_for(endpoint)
        return Link(label, url, here == url or (url != "/" and here.startswith(url + "/")))

    signed_in = current_user.is_authenticated
    navigation = [link("Catalogue", "public.catalogue.show")]
    if signed_in:
        roles = my_roles()
        navigation += [link("Learning", "learner.home.show"), link("Record", "learner.record.show")]
        if roles.providers:
            navigation.append(link("Workshop", "author.modules.show_all"))
        if roles.boards:
            navigation.append(link("Board desk", "board.desk.show"))
        if roles.operator:
            navigation.append(link("Operation", "operator.overview.show"))
    navigation += [link("Verify", "public.verify.ask"), link("Help", "public.guides.show_all")]
    if signed_in:
        menu = [
            link("Profile", "account.profile.show"),
            link("Security", "account.security.show"),
            link("Sign out", "account.profile.leave"),
        ]
    else:
        menu = [link("Sign in", "security.login"), link("Create account", "security.register")]
    return {
        "navigation": navigation,
        "account_menu": menu,
        "footer_links": [
            link("Catalogue", "public.catalogue.show"),
            link("Verify a certificate", "public.verify.ask"),
            link("Help", "public.guides.show_all"),
        ],
    }
