"""A provider's webhooks: addresses of its own that are told of its certificates."""

from lms.web import rooms, subscriptions
from lms.web.author.places import room_of

bp = rooms.join("hooks", "/workshop/providers/<slug>/webhooks", room_of("hooks"), subscriptions.ROUTES)
