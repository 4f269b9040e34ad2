"""Where a board wants the log's daily checkpoints sent."""

from lms.web import rooms, witnesses
from lms.web.board.places import room_of

bp = rooms.join("witnesses", "/board/<slug>/witnesses", room_of("witnesses"), witnesses.ROUTES)
