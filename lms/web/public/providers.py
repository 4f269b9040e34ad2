"""A provider's public page: who they are, who approved them, their policies and modules."""

from datetime import UTC, datetime

from flask import Blueprint, render_template

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.catalogue import Filters, find_modules
from lms.accreditation.queries import list_confirmed_approvals, status_of
from lms.providers.queries import get_provider
from lms.web.pages import Page, page_number
from lms.web.public.cards import card_of
from lms.web.transaction import db

bp = Blueprint("providers", __name__)

PER_PAGE = 24


@bp.get("/providers/<slug>")
def show(slug: str) -> str:
    provider = get_provider(db(), slug)
    today = datetime.now(UTC).date()
    approvals = [
        (approval, ACCREDITORS[approval.accreditor], status_of(approval, today))
        for approval in list_confirmed_approvals(db(), provider.id)
    ]
    number = page_number()
    found = find_modules(db(), Filters(provider=slug), day=today, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    policies = (
        ("Refunds and cancellation", provider.refund_policy),
        ("Accommodations", provider.accommodation_policy),
        ("Grievances", provider.grievance_policy),
        ("System requirements", provider.system_requirements),
    )
    return render_template(
        "public/provider.html",
        provider=provider,
        approvals=approvals,
        cards=[card_of(listed) for listed in found.modules],
        page=Page(found.total, number, PER_PAGE),
        policies=[(title, text) for title, text in policies if text],
    )
