"""The page behind the link of an invitation: what is offered, and the way to take it up."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.errors import NotAllowed
from lms.providers.invitations import get_invitation, is_for, take_up
from lms.web.auth import me
from lms.web.text import label
from lms.web.transaction import db

bp = Blueprint("invitations", __name__, url_prefix="/invitation")


@bp.get("")
def show() -> str:
    invitation = get_invitation(db(), request.args.get("k", ""), now=datetime.now(UTC))
    user = me() if current_user.is_authenticated else None
    return render_template(
        "public/invitation.html", invitation=invitation, user=user, mine=user is not None and is_for(invitation, user)
    )


@bp.post("")
def accept() -> Response:
    if not current_user.is_authenticated:
        raise NotAllowed("Sign in first, with the account that has the invited address.")
    membership = take_up(db(), request.args.get("k", ""), me(), now=datetime.now(UTC))
    flash(f"Welcome. Your role here from now on: {label(membership.role, 'provider_roles').lower()}.", "good")
    return redirect(url_for("author.modules.show_all"), 303)
