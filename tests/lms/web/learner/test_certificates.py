"""A learner's own certificate."""

from lms.awards.commands import reissue_award
from lms.awards.document import Holder


def test_a_replaced_certificate_leads_to_its_correction(browser, session, make, now):
    award = make.award(make.user(name="Jose Nunez"))
    by = make.user().id
    corrected = reissue_award(session, award, Holder("José Núñez", []), note="Accents.", by=by, seal=make.seal, now=now)
    browser.sign_in(award.completion.enrollment.user)
    page = browser.get(f"/record/certificates/{award.code}").text
    assert "This certificate was replaced" in page
    assert f'href="/record/certificates/{corrected.code}"' in page
    assert "replaced" not in browser.get(f"/record/certificates/{corrected.code}").text
