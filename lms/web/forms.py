"""What every form of ours can do: read itself from the request and show a refusal beside its field."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Form
from wtforms.fields.choices import SelectChoice

from lms.errors import Invalid, Refusal


class BaseForm(Form):
    """A form that is filled from the request; the forgery token is checked before any view, not here."""

    def __init__(self, *, obj: Any = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        sent = request.method == "POST"
        formdata: CombinedMultiDict[str, Any] | None = (
            CombinedMultiDict((request.files, request.form)) if sent else None
        )
        super().__init__(formdata, obj=obj, data=data, **kwargs)

    def submitted(self) -> bool:
        """Whether this was sent and every field has a good shape."""
        return request.method == "POST" and self.validate()

    def refuse(self, refusal: Refusal) -> None:
        """Show the domain's refusal beside the fields it names, or above the form."""
        problems = refusal.problems if isinstance(refusal, Invalid) else {"form": str(refusal)}
        for name, problem in problems.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, problem]
            else:
                self.form_errors.append(problem)


def choices_of(vocabulary: Mapping[Any, str]) -> list[SelectChoice]:
    """Return the choices of a field: codes and the words a person reads."""
    return [SelectChoice(code, words) for code, words in vocabulary.items()]
