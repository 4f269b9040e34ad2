"""Pictures and short films of a module, with what people who cannot see or hear them need."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, TextAreaField
from wtforms.validators import Length

from lms.errors import Refusal
from lms.modules.commands import add_captions, add_media, describe_media
from lms.modules.queries import get_media, list_media
from lms.web.author.workbench import open_bench, who_and_when
from lms.web.forms import BaseForm
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("media", __name__, url_prefix="/workshop/modules/<slug>/media")

ALT_HINT = "What a picture shows, in a sentence or two. A picture needs it before a lesson may show it."


class UploadForm(BaseForm):
    """A picture or a film."""

    file = FileField("Picture or film", description="PNG, JPEG, WebP or SVG, or a short MP4 film.")
    alt = TextAreaField("Text alternative", [Length(max=500)], description=ALT_HINT)


class AltForm(BaseForm):
    """What a picture shows."""

    alt = TextAreaField("Text alternative", [Length(max=500)], description=ALT_HINT)


class CaptionsForm(BaseForm):
    """What is said in a film."""

    captions = FileField("Captions", description="A WebVTT file (.vtt) with everything that is said.")


@bp.route("", methods=["GET", "POST"])
def show_all(slug: str) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    form = UploadForm()
    if form.submitted():
        described = {"filename": form.file.data.filename if form.file.data else "", "alt": form.alt.data or ""}
        content = form.file.data.read() if form.file.data else b""
        try:
            media = add_media(db(), bench.edition, shelf(), content, described=described, **who_and_when())
            flash("The file is uploaded. Below is what to paste into a lesson.", "good")
            return redirect(url_for(".edit", slug=slug, media_id=media.id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    rows = [row for row in list_media(db(), bench.edition.module_id) if row.kind != "captions"]
    page = render_template("author/media.html", bench=bench, rows=rows, form=form)
    return (page, 422) if form.errors else page


@bp.route("/<int:media_id>", methods=["GET", "POST"])
def edit(slug: str, media_id: int) -> str | Response | tuple[str, int]:
    bench = open_bench(slug)
    media = get_media(db(), bench.edition.module_id, media_id)
    form = CaptionsForm() if media.kind == "video" else AltForm(obj=media)
    if form.submitted():
        try:
            if media.kind == "video":
                content = form.captions.data.read() if form.captions.data else b""
                add_captions(db(), bench.edition, shelf(), media, content, **who_and_when())
                flash("The captions are saved.", "good")
            else:
                describe_media(db(), bench.edition, media, alt=form.alt.data or "", **who_and_when())
                flash("The text alternative is saved.", "good")
            return redirect(url_for(".edit", slug=slug, media_id=media_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template("author/media_item.html", bench=bench, media=media, form=form)
    return (page, 422) if form.errors else page
