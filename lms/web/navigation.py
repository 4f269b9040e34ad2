"""The links in header and footer, by what the reader may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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


def sides(places: Mapping[str, tuple[str, str]], here: str, **values: Any) -> list[Link]:
    """Return the links between the sides of one subject: label and endpoint of each by its name; `here` is open."""
    return [Link(label, url_for(endpoint, **values), name == here) for name, (label, endpoint) in places.items()]


def init_app(app: Flask) -> None:
    """Give every template its links."""
    app.context_processor(_links)
    app.jinja_env.globals["page_url"] = page_url


@lru_cache(maxsize=256)
def page_url(endpoint: str, slug: str | None = None) -> str:
    """Return the address of a page without parts that vary, or of a guide; every page names a dozen of them."""
    return url_for(endpoint, slug=slug)


def _links() -> dict[str, Any]:
    here = request.path

    def link(label: str, endpoint: str) -> Link:
        url = page_url(endpoint)
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
