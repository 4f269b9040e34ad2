"""What the tests of the library share: one font shelf and a certificate that each test changes where it matters."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pymupdf
import pypdf
import pytest
from fontTools.ttLib import TTFont

from certificates.certificate import Author, Certificate, Credit, License, Provider, TopicHours
from certificates.design import drawing_edition
from certificates.fonts import FontShelf

CODE = "3K7QF2M9PABCDEFGHJKMNPQRST"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    return FontShelf.build(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="session")
def cjk_folder(tmp_path_factory):
    """A folder with pymupdf's own CJK font, in place of Noto CJK; typst wants the PostScript name it lacks."""
    font = TTFont(io.BytesIO(pymupdf.Font("cjk").buffer))
    font["name"].setName("DroidSansFallback", 6, 3, 1, 0x409)
    folder = tmp_path_factory.mktemp("cjk")
    font.save(folder / "fallback.ttf")
    return folder


@pytest.fixture
def credit():
    return Credit(
        accreditor="DEMO",
        accreditor_name="Demonstration Accreditor",
        unit="demo hour",
        hours=Decimal("1.500000"),
        provider_number="DEMO-0001",
        approved_from=date(2026, 1, 1),
        approved_to=date(2027, 12, 31),
        statement="Harbor Learning Collective is listed by the Demonstration Accreditor, number DEMO-0001. "
        "It is responsible for all aspects of this module & its content; 100 % “as is”.",
        topics=(TopicHours("ethics", "Ethics", Decimal("1.0")), TopicHours("telehealth", "Telehealth", Decimal("0.5"))),
        also_qualifies=("Law and regulations",),
    )


@pytest.fixture
def certificate(credit):
    return Certificate(
        code=CODE,
        verify_url=f"https://credence.example/c/{CODE}",
        title="Ethics and telehealth: consent and crossing state lines",
        edition=3,
        module_code="ETH-101",
        holder_name="Maria Lopez",
        licenses=(License("California", "LMFT", "104233"), License("Nevada", "MFT", "0987")),
        provider=Provider(
            name="Harbor Learning Collective",
            address="12 Quay Street, Suite 4, Portland, ME 04101, USA",
            telephone="+1 207 555 0142",
            email="ce@harbor.example",
            website="harbor.example",
            signatory_name="Ruth Adeyemi-Clarke",
            signatory_title="Director of Continuing Education",
        ),
        credits=(credit,),
        authors=(Author("Dana Whitfield", "PhD, LMFT"), Author("Sam Roe", "LCSW")),
        completed_on=date(2026, 11, 21),
        time_zone="America/Los_Angeles",
        issued_at=datetime(2026, 11, 22, 1, 4, 5, tzinfo=UTC),
        delivery_format="self-paced, asynchronous, non-interactive (home study)",
        location="Online",
        replaces=False,
        notice="",
        drawn_with=drawing_edition(),
    )


@pytest.fixture
def worst(certificate, credit):
    """More of everything than a real certificate has."""
    topics = tuple(TopicHours(f"t{n}", f"Topic number {n} with a long label", Decimal(n) / 4) for n in range(1, 10))
    return replace(
        certificate,
        holder_name="Dr. Wilhelmina-Alexandrina Konstantinopoulou-Featherstonehaugh de la Santísima Trinidad "
        "Ruiz-Picasso y Borbón-Parma III",
        title="Suicide risk in integrated primary care: screening, collaborative formulation, safety planning, means "
        "counseling and follow-up for adolescents, veterans and older adults living in rural communities",
        licenses=tuple(License("Massachusetts", "Licensed Clinical Social Worker", f"LCSW-{n}") for n in range(6)),
        credits=tuple(
            replace(credit, accreditor=f"DEMO{n}", topics=topics, statement=f"Statement {n}. " + credit.statement * 2)
            for n in range(6)
        ),
        authors=tuple(Author(f"Alexandria Montgomery-Whitfield {n}", "PhD, LMFT, LCSW, ABPP") for n in range(6)),
        provider=replace(certificate.provider, name="The Northern Harbor Collective for Learning " * 2),
        replaces=True,
        notice="Demonstration content: not approved for credit",
    )


@pytest.fixture(scope="session")
def alternatives():
    """Every text that stands for a picture in a PDF, in order."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            return [text for child in node for text in walk(child)]
        if not isinstance(node, dict):
            return []
        own = [str(node["/Alt"])] if "/Alt" in node else []
        return own + (walk(node["/K"]) if "/K" in node else [])

    return lambda pdf: walk(pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"])
