"""What every page about a provider begins with: the provider if one manages it, and the links between its sides."""

from collections.abc import Callable

from flask import url_for

from lms.providers.models import Provider
from lms.providers.queries import get_provider_of
from lms.web.auth import my_roles
from lms.web.navigation import Link, sides
from lms.web.rooms import Room
from lms.web.transaction import db

SIDES = {
    "settings": ("Settings", "author.settings.edit"),
    "look": ("Certificate design", "author.look.edit"),
    "approvals": ("Approvals", "author.approvals.show_all"),
    "roster": ("Roster and certificates", "author.awards.show_all"),
    "hooks": ("Webhooks", "author.hooks.show_all"),
    "witnesses": ("Witnesses", "author.witnesses.show_all"),
}


def my_provider(slug: str) -> Provider:
    """Return the provider, or raise `NotFound` when the person does not manage it."""
    return get_provider_of(db(), my_roles().manager, slug)


def tabs_of(provider: Provider, here: str = "") -> list[Link]:
    """Return the links between the sides of a provider's room."""
    return sides(SIDES, here, slug=provider.slug)


def room_of(here: str) -> Callable[[str], Room]:
    """Return the way into a provider's room by its slug, on that side."""

    def enter(slug: str) -> Room:
        provider = my_provider(slug)
        return Room("author", provider, ("Workshop", url_for("author.modules.show_all")), tabs_of(provider, here))

    return enter
