"""Where a provider wants the log's daily checkpoints sent."""

from lms.web import rooms, witnesses
from lms.web.author.places import room_of

bp = rooms.join("witnesses", "/workshop/providers/<slug>/witnesses", room_of("witnesses"), witnesses.ROUTES)
