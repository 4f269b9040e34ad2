"""The demonstration: whom it shows, what waits for its board, and what it offers to be tried."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.verify import Trust, check_offline, draw_again, read_bundle
from lms import create_app
from lms.awards.checking import Records, check_upload
from lms.awards.document import open_shelf
from lms.awards.keys import open_seal
from lms.awards.proofs import bundle_of
from lms.awards.sharing import get_shared
from lms.boards.queries import get_board
from lms.config import read_settings
from lms.db import begin_writing, open_engine
from lms.demo import load as demo
from lms.files import Shelf
from lms.oversight.models import AnswerFile
from lms.oversight.queries import fit_of, list_cases, list_history
from lms.schema import migrate


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """An installation of its own with the demonstration, loaded once for this file."""
    made = read_settings({"LMS_DATA_DIR": str(tmp_path_factory.mktemp("demo")), "PORT": "8099"})
    engine = open_engine(made.database_url)
    migrate(engine)
    with create_app(made).app_context(), Session(engine) as session:
        begin_writing(session)
        demo.load(session, made, now=datetime.now(UTC))
        session.commit()
    engine.dispose()
    return made


@pytest.fixture
def session(settings):
    engine = open_engine(settings.database_url)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def case(session):
    board = get_board(session, "california")
    return next(one for one in list_cases(session, [board.id], now=datetime.now(UTC)) if one.answered == 3)


def test_an_audit_with_three_answers_waits_for_the_board(session, case):
    assert (case.audit.title, case.late, case.settled, case.audit.closed_at) == ("Renewals of last season", 0, 0, None)
    answers = {row.name: list_history(session, row.subject.id, for_board=True) for row in case.rows}
    kinds = {name: [entry.kind for entry in history] for name, history in answers.items()}
    assert kinds == {"ليلى الحداد": ["packet"], "José Núñez": ["packet"], "Corwin Halloway": ["note"]}


def test_one_answer_says_more_hours_than_its_credential(session, settings, case):
    file = session.scalars(select(AnswerFile)).one()
    shelf = Shelf(settings.media_url)
    with shelf.open(file.sha256) as stored:
        content = stored.read()
    seal, fonts = open_seal(settings.data_dir, settings.public_url), open_shelf(settings.data_dir, settings.font_dirs)
    report = check_upload(Records(session, seal, fonts, shelf), content)
    # what it carries is what we issued, so what it shows is what gave it away
    assert (report.result, report.sentence) == ("altered", "ALTERED: what this file shows is not what we issued.")
    hours, topic, *_ = ((row.fact, row.issued, row.found) for row in report.differences)
    assert hours == ("credit hours", "1.5 demo hours", "3 demo hours")
    assert (topic[0], topic[1][-3:], topic[2][-2:]) == ("credit topic", "1.5", " 3")
    assert b"credence-stamp" not in content
    # and nothing else is wrong with it: the true certificate is one that the audit asks for
    fit = fit_of(report.certificate, report.standing, case.rows[-1].subject)
    assert (fit.named, fit.in_period, fit.stands) == (True, True, True)
    assert (settings.data_dir / "altered.pdf").read_bytes() == content


def test_each_bundle_that_the_guide_offers_fits_its_certificate(session, settings):
    said = "\n".join(demo.guide(session, settings))
    shared, altered = re.findall(r"/c/(\w+)/bundle\.json\?k=(\S+)", said)
    assert f"A certificate to check: {settings.public_url}/c/{shared[0]}\n" in said
    award = get_shared(session, *altered, now=datetime.now(UTC))
    seal = open_seal(settings.data_dir, settings.public_url)
    bundle = read_bundle(json.dumps(bundle_of(session, seal, award)).encode())
    content, trust = (settings.data_dir / "altered.pdf").read_bytes(), Trust(datetime.now(UTC), vkey=seal.vkey)
    fonts = open_shelf(settings.data_dir, settings.font_dirs)
    report = check_offline(content, bundle, trust, lambda *asked: draw_again(*asked[:4], fonts, pictures=asked[4]))
    assert (report.result, report.code) == ("altered", altered[0])
    assert report.differences[0].fact == "credit hours"


def test_the_guide_offers_the_altered_file_where_it_lies(session, settings, tmp_path):
    line = f"An altered one to drop on {settings.public_url}/verify/file: {settings.data_dir / 'altered.pdf'}"
    assert line in demo.guide(session, settings)
    assert not any("altered" in said for said in demo.guide(session, replace(settings, data_dir=tmp_path)))
