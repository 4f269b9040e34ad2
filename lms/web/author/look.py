"""A manager's page for how certificates look: the design, the logo, the signature, and a specimen of it all."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField

from lms.awards.document import draw_specimen, list_designs, open_shelf, show_specimen
from lms.awards.dress import PICTURES, choose_design, load_pictures, put_picture, remove_picture
from lms.errors import Conflict, Invalid
from lms.terms import DESIGNS
from lms.web.auth import me
from lms.web.author.places import my_provider, tabs_of
from lms.web.forms import BaseForm
from lms.web.shelf import shelf
from lms.web.transaction import db

bp = Blueprint("look", __name__, url_prefix="/workshop/providers/<slug>/look")

WIDTHS = {"small": 480, "large": 1600}
"""Pixels."""


class PicturesForm(BaseForm):
    """Pictures for certificates; what is left empty stays as it is."""

    logo = FileField(
        "Logo", description="PNG, JPEG, WebP, or an SVG whose letters are outlines. White paper is behind it."
    )
    signature = FileField(
        "Signature", description="Of the person who signs: dark ink on white paper, scanned or photographed from above."
    )


@bp.route("", methods=["GET", "POST"])
def edit(slug: str) -> str | AnyResponse | tuple[str, int]:
    provider = my_provider(slug)
    form = PicturesForm()
    if form.submitted():
        sent = {kind: form[kind].data.read() for kind in PICTURES if form[kind].data}
        if not sent:
            form.form_errors.append("Choose a logo or a signature first.")
        for kind, content in sent.items():
            try:
                put_picture(db(), shelf(), provider, kind, content, by=me().id, now=datetime.now(UTC))
            except Invalid as refusal:
                form.refuse(Invalid(**{kind: refusal.problems["file"]}))
        if not form.errors:
            flash("Saved. Certificates from now on carry it; those issued before keep their pictures.", "good")
            return redirect(url_for(".edit", slug=slug), 303)
    designs = [(name, *DESIGNS.get(name, (name.capitalize(), ""))) for name in list_designs()]
    page = render_template(
        "author/look.html",
        provider=provider,
        tabs=tabs_of(provider, "look"),
        form=form,
        designs=designs,
        pictures=PICTURES,
    )
    return (page, 422) if form.errors else page


@bp.post("/design")
def choose(slug: str) -> AnyResponse:
    provider = my_provider(slug)
    choose_design(db(), provider, request.form.get("design", ""), by=me().id, now=datetime.now(UTC))
    flash("The design is chosen. Certificates issued before keep theirs.", "good")
    return redirect(url_for(".edit", slug=slug), 303)


@bp.post("/<kind>/remove")
def remove(slug: str, kind: str) -> AnyResponse:
    provider = my_provider(slug)
    remove_picture(db(), provider, kind, by=me().id, now=datetime.now(UTC))
    flash("Removed. Certificates issued before keep it.", "good")
    return redirect(url_for(".edit", slug=slug), 303)


@bp.get("/specimen.webp")
def specimen(slug: str) -> Response:
    """Draw a specimen in the design of `?design=`, else in the provider's own; `?size=` is "small" or "large"."""
    provider = my_provider(slug)
    settings = current_app.extensions["settings"]
    certificate = show_specimen(provider, settings.public_url, now=datetime.now(UTC))
    try:
        content = draw_specimen(
            certificate,
            open_shelf(settings.data_dir, settings.font_dirs),
            request.args.get("design", provider.design),
            WIDTHS.get(request.args.get("size", ""), WIDTHS["large"]),
            load_pictures(certificate, shelf()),
        )
    except ValueError as error:
        raise Conflict(f"A certificate of yours cannot be drawn: {error}") from error
    answer = Response(content, mimetype="image/webp")
    answer.headers["Cache-Control"] = "private, max-age=300"  # its address changes with the pictures
    return answer
