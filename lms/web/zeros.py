"""Zero characters: no person types one and PostgreSQL keeps none, so what holds one is no request of ours."""

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    """Look at every address, query and form before anything else reads them, but into no file."""
    app.before_request(_refuse)


def _refuse() -> None:
    texts = [*(request.view_args or {}).values(), *request.args, *request.args.values()]
    if request.method == "POST":
        texts += [*request.form, *(text for values in request.form.listvalues() for text in values)]
        texts += [sent.filename for several in request.files.listvalues() for sent in several]
    if any("\0" in text for text in texts if isinstance(text, str)):
        abort(400)
