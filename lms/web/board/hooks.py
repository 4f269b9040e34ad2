"""A board's webhooks: addresses of its own that are told of its licensees' certificates."""

from lms.web import rooms, subscriptions
from lms.web.board.places import room_of

bp = rooms.join("hooks", "/board/<slug>/webhooks", room_of("hooks"), subscriptions.ROUTES)
