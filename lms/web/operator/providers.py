"""The providers: beginning and editing them, giving and taking memberships."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from lms.errors import Conflict, Invalid
from lms.providers.commands import TEXTS, add_member, begin_provider, edit_provider, remove_member
from lms.providers.invitations import DAYS, has_to_be_invited, invite, list_invitations, take_back
from lms.providers.queries import get_provider, list_members, list_providers
from lms.terms import PROVIDER_ROLES, ROLE_TASKS
from lms.web.auth import me
from lms.web.forms import BaseForm, ToPublish
from lms.web.transaction import db

bp = Blueprint("providers", __name__, url_prefix="/operator/providers")


class ProviderForm(BaseForm):
    """Everything about a provider; what may be empty is the command's business."""

    name = StringField("Name", [InputRequired("Give the name that certificates print.")])
    slug = StringField(
        "Short name",
        [InputRequired("Give the short name.")],
        description="Part of the provider's web address: small letters, digits, hyphens. It cannot be changed later.",
    )
    about = TextAreaField("About", description="A paragraph for the provider's page.")
    address = StringField(
        "Postal address",
        [InputRequired("Give the postal address that certificates print.")],
        description="In one line, as certificates print it.",
    )
    telephone = StringField("Telephone", [InputRequired("Give the telephone number that certificates print.")])
    email = EmailField("Email address", [InputRequired("Give the address that learners write to.")])
    website = StringField("Website", description="Beginning with https://.", render_kw={"inputmode": "url"})
    signatory_name = StringField(
        "Who signs certificates", [InputRequired("Name the person who signs the certificates.")]
    )
    signatory_title = StringField(
        "Their title", [InputRequired("Give the title of the person who signs the certificates.")]
    )
    refund_policy = TextAreaField("Refund policy", [ToPublish()], description="A manager can write this one later.")
    accommodation_policy = TextAreaField(
        "Accommodation policy",
        [ToPublish()],
        description="How to ask for an accommodation under the ADA, with a contact.",
    )
    grievance_policy = TextAreaField("Grievance policy", [ToPublish()])
    system_requirements = TextAreaField("System requirements", [ToPublish()])

    def texts(self) -> dict[str, str]:
        """Return what was typed, by field of the provider."""
        return {name: self.data[name] or "" for name in TEXTS}


class MemberForm(BaseForm):
    """Who gets which role."""

    email = EmailField(
        "Email address",
        [InputRequired("Give the person's address.")],
        description="Any address. Who has no confirmed account yet is invited in the next step.",
    )
    role = SelectField(
        "Role", [InputRequired("Choose a role.")], choices=PROVIDER_ROLES, description=" ".join(ROLE_TASKS.values())
    )


@bp.get("")
def show_all() -> str:
    return render_template("operator/providers.html", providers=list_providers(db()))


@bp.route("/new", methods=["GET", "POST"])
def begin() -> str | Response | tuple[str, int]:
    form = ProviderForm()
    if form.submitted():
        try:
            provider = begin_provider(db(), form.slug.data, form.texts(), by=me().id, now=datetime.now(UTC))
            flash("The provider is there. Now give somebody the manager role.", "good")
            return redirect(url_for(".edit", slug=provider.slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("operator/provider_new.html", form=form)
    return (page, 422) if form.errors else page


@bp.route("/<slug>", methods=["GET", "POST"])
def edit(slug: str) -> str | Response | tuple[str, int]:
    provider = get_provider(db(), slug)
    form = ProviderForm(obj=provider)
    del form.slug  # it never changes
    if form.submitted():
        try:
            edit_provider(db(), provider, form.texts(), by=me().id, now=datetime.now(UTC))
            flash("The provider is saved.", "good")
            return redirect(url_for(".edit", slug=slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template(
        "operator/provider.html",
        form=form,
        provider=provider,
        members=list_members(db(), provider.id),
        invitations=[(row, row.invited_at + timedelta(days=DAYS)) for row in list_invitations(db(), provider.id)],
        now=datetime.now(UTC),
    )
    return (page, 422) if form.errors else page


@bp.route("/<slug>/members", methods=["GET", "POST"])
def add(slug: str) -> str | Response | tuple[str, int]:
    provider = get_provider(db(), slug)
    managed = any(member.role == "manager" for member in list_members(db(), provider.id))
    form = MemberForm(data={"role": "author" if managed else "manager"})
    unknown = False
    if form.submitted():
        try:
            unknown = has_to_be_invited(db(), form.email.data)
            if not unknown:
                add_member(db(), provider, form.email.data, form.role.data, by=me().id, now=datetime.now(UTC))
                flash("The role is given.", "good")
                return redirect(url_for(".edit", slug=slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("operator/member_new.html", form=form, provider=provider, unknown=unknown)
    return (page, 422) if form.errors else page


@bp.post("/<slug>/invitations")
def invite_person(slug: str) -> Response | tuple[str, int]:
    provider = get_provider(db(), slug)
    form = MemberForm()
    if form.submitted():
        try:
            address = f"{current_app.extensions['settings'].public_url}{url_for('public.invitations.show')}?k="
            now = datetime.now(UTC)
            invited = invite(db(), provider, form.email.data, form.role.data, address=address, by=me().id, now=now)
            flash(f"An invitation is on its way to {invited.email}. The role waits until it is taken up.", "good")
            return redirect(url_for(".edit", slug=slug), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    return render_template("operator/member_new.html", form=form, provider=provider, unknown=False), 422


@bp.post("/<slug>/invitations/<int:invitation_id>/take-back")
def take_back_invitation(slug: str, invitation_id: int) -> Response:
    take_back(db(), get_provider(db(), slug), invitation_id)
    flash("The invitation is taken back. Its link opens nothing any more.", "good")
    return redirect(url_for(".edit", slug=slug), 303)


@bp.post("/<slug>/members/<int:user_id>/remove")
def remove(slug: str, user_id: int) -> Response:
    try:
        remove_member(db(), get_provider(db(), slug), user_id, request.form.get("role", ""), by=me().id)
        flash("The role is taken back.", "good")
    except Conflict as refusal:
        flash(str(refusal), "caution")
    return redirect(url_for(".edit", slug=slug), 303)
