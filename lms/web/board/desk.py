"""The board's first page: check a code, and which licensees are ours."""

from flask import Blueprint, render_template

from lms.boards.queries import list_boards_of
from lms.web.auth import me
from lms.web.public.verify import CodeForm
from lms.web.transaction import db

bp = Blueprint("desk", __name__)


@bp.get("/board")
def show() -> str:
    return render_template("board/desk.html", boards=list_boards_of(db(), me().id), form=CodeForm())
