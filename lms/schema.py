"""The whole schema in one place: every table imported, and the way from any revision to any other."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from lms import outbox
from lms.accreditation import models as accreditation
from lms.assessments import models as assessments
from lms.awards import models as awards
from lms.boards import models as boards
from lms.db import Base
from lms.hooks import models as hooks
from lms.learning import models as learning
from lms.modules import models as modules
from lms.oversight import models as oversight
from lms.people import models as people
from lms.providers import models as providers

if TYPE_CHECKING:
    from alembic.config import Config

CONCEPTS = (accreditation, assessments, awards, boards, hooks, learning, modules, outbox, oversight, people, providers)
"""Every module that holds tables: to import it is to know them."""

metadata = Base.metadata


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision: `head`, `base`, or a number such as `0001`."""
    from alembic import command  # noqa: PLC0415 - 10 MB that a web server never needs

    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = alembic_config(connection)
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration around a connection; there is no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.attributes["connection"] = connection
    return config
