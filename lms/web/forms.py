"""What every form of ours can do: read itself from the request and show a refusal beside its field."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, FieldList, Form, FormField
from wtforms.fields.choices import SelectChoice

from lms.errors import Invalid, Refusal


class ToPublish:
    """Marks a field that may stay empty, and that publishing a module asks for."""

    field_flags: ClassVar = {"to_publish": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse nothing."""


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
        """Show the domain's refusal beside the fields it names, those inside of others too, or above the form."""
        problems = refusal.problems if isinstance(refusal, Invalid) else {"form": str(refusal)}
        for name, problem in problems.items():
            found = _path(self, name)
            if not found:
                self.form_errors.append(problem)
            for field in found[-1:]:
                field.errors = [*field.errors, problem]
            for around in found[:-1]:
                if isinstance(around, FieldList):  # what it knows of its rows is from before
                    around.errors = [*around.errors, {name: [problem]}]


def _path(fields: Iterable[Field], name: str) -> list[Field]:
    """Return the field of that name, such as `topics-0-hours`, after those it is inside of; empty without one."""
    for field in fields:
        if field.name == name:
            return [field]
        if isinstance(field, FieldList | FormField) and name.startswith(f"{field.name}-"):
            inner = _path(field, name)
            return [field, *inner] if inner else []
    return []


def choices_of(vocabulary: Mapping[Any, str]) -> list[SelectChoice]:
    """Return the choices of a field: codes and the words a person reads."""
    return [SelectChoice(code, words) for code, words in vocabulary.items()]
