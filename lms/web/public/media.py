"""Pictures, films and captions of lessons."""

from flask import Blueprint, Response, abort, request
from werkzeug.wsgi import FileWrapper

from lms.modules.queries import get_media_for
from lms.web.auth import my_roles
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("media", __name__)


@bp.get("/media/<int:media_id>")
def show(media_id: int) -> Response:
    """Answer with the file, whole or the part a player asks for; its address never means anything else."""
    media, published = get_media_for(db(), my_roles().providers, media_id)
    try:
        file = shelf().open(media.sha256)
    except FileNotFoundError:
        abort(503, "The file is missing on our side. Please tell the people who run this site.")
    response = Response(FileWrapper(file), content_type=media.content_type, direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = media.size
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = f"{'public' if published else 'private'}, max-age=31536000, immutable"
    if media.content_type == "image/svg+xml":  # opened by itself it is a document: one that may do nothing
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(media.sha256)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=media.size)
    return response
