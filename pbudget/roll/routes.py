"""Staff pages of the roll: upload and check a file, make codes, open letters, register what came back."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pbudget.config import Settings
from pbudget.db import transaction
from pbudget.hubs.queries import help_known
from pbudget.jobs.actions import enqueue
from pbudget.jobs.queries import jobs_of_round
from pbudget.kit.clock import say_day
from pbudget.kit.errors import BadInput
from pbudget.roll import letter_queries, queries
from pbudget.roll.forms import ConfirmForm, MakeCodesForm, OpenLettersForm, ReturnedForm, RollFileForm
from pbudget.roll.generating import confirm_download, spoil_batch, start_batch
from pbudget.roll.identify import clock
from pbudget.roll.importing import LARGEST_FILE, check_file, fingerprint_of
from pbudget.roll.letter_queries import BatchView
from pbudget.roll.letters import Letter, letters_of, mail_merge
from pbudget.roll.queries import WardCounts
from pbudget.roll.reissuing import register_returned
from pbudget.roll.rules.letters import LetterWords, direction, languages_given
from pbudget.roll.rules.roll_file import RollReport
from pbudget.roll.tasks import LOAD_ROLL, MAKE_CODES, terms_for
from pbudget.roll.typesetting import LETTERS_IN_A_PDF, letters_pdf, parts_of
from pbudget.roll.uploads import UploadGone, keep_upload, kept_upload, remove_upload
from pbudget.roll.words import STATES, say_number_of, say_problems, say_report, say_when
from pbudget.rounds.queries import RoundView, round_by_slug, wards_in_round
from pbudget.wards.queries import WardName, wards_around
from pbudget.web.access import current_staff, roles, signed_in_staff

pages = Blueprint("roll", __name__)
pages.add_app_template_filter(direction, "direction")
ROWS_LOOKED_AT = 5_000
"""How much of a file is looked at while the officer waits; the worker looks at all of it before it loads any."""
LETTERS_ON_A_PAGE = 200
JOBS_SHOWN = 3


@pages.url_value_preprocessor
def allow_long_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an officer, and nobody else, send a file longer than any other form may be."""
    if endpoint == "roll.upload" and request.method == "POST":
        staff = current_staff()
        if staff and "officer" in staff.roles:
            request.max_content_length = LARGEST_FILE


@pages.get("/staff/rounds/<slug>/roll")
@roles("officer")
def roll(slug: str) -> str:
    """The roll as it is, and the form that sends a file."""
    round_ = _round(slug)
    return _roll_page(round_, RollFileForm(formdata=None, data={"youngest": round_.youngest_age}))


@pages.post("/staff/rounds/<slug>/roll")
@roles("officer")
def upload(slug: str) -> ResponseReturnValue:
    """Keep the file and show what is in it; nothing is loaded yet."""
    round_ = _being_set_up(slug)
    form = RollFileForm()
    if not form.validate_on_submit():
        return _roll_page(round_, form), 422
    name = keep_upload(round_.id, form.file.data.stream)
    choice = {"youngest": form.youngest.data, "adding": int(form.adding.data)}
    return redirect(url_for("roll.preview", slug=slug, name=name, **choice), 303)


@pages.get("/staff/rounds/<slug>/roll/files/<name>")
@roles("officer")
def preview(slug: str, name: str) -> ResponseReturnValue:
    """What the file holds, its first rows, and every problem by row."""
    round_ = _being_set_up(slug)
    youngest, adding = _choices()
    path, wards = kept_upload(round_.id, name), _wards(round_)
    try:
        report = check_file(path, round_.id, _terms(round_, wards, youngest), adding=adding, most=ROWS_LOOKED_AT)
    except BadInput as error:
        return _refused_page(round_, error), 422
    return render_template("roll/preview.html", **_preview(round_, wards, report, name, youngest, adding))


@pages.post("/staff/rounds/<slug>/roll/files/<name>")
@roles("officer")
def load(slug: str, name: str) -> ResponseReturnValue:
    """Hand the file to the worker, which loads all of it or nothing."""
    round_ = _being_set_up(slug)
    path = kept_upload(round_.id, name)
    youngest, adding = _choices()
    payload = {
        "upload": name,
        "round": round_.id,
        "wards": {ward.code: ward.id for ward in _wards(round_)},
        "youngest": youngest,
        "oldest": round_.oldest_age,
        "on": (round_.closes_on or _today()).isoformat(),
        "file_name": f"roll of {say_day(_today())}",
        "adding": adding,
        "actor": signed_in_staff().id,
        "sha256": fingerprint_of(path),
    }
    with transaction() as session:
        enqueue(session, LOAD_ROLL, payload, round_.id)
    return redirect(url_for("roll.roll", slug=slug), 303)


@pages.post("/staff/rounds/<slug>/roll/files/<name>/withdrawn")
@roles("officer")
def withdraw(slug: str, name: str) -> ResponseReturnValue:
    """Delete a file that is not to be loaded."""
    round_ = _round(slug)
    kept_upload(round_.id, name)
    remove_upload(round_.id, name)
    return redirect(url_for("roll.roll", slug=slug), 303)


@pages.errorhandler(UploadGone)
def file_is_gone(error: UploadGone) -> ResponseReturnValue:
    """The file was loaded or withdrawn, lay for more than a day, or is another round's."""
    return _refused_page(_round(str((request.view_args or {})["slug"])), error), 404


def _refused_page(round_: RoundView, error: BadInput) -> str:
    return render_template("roll/refused.html", round=round_, says=str(error))


@pages.get("/staff/rounds/<slug>/codes")
@roles("officer")
def codes(slug: str) -> str:
    """Who has a code, which letters there are, and the form that makes more."""
    return _codes_page(_round(slug), MakeCodesForm())


@pages.post("/staff/rounds/<slug>/codes")
@roles("officer")
def make_codes(slug: str) -> ResponseReturnValue:
    """Begin letters for a ward and show their passphrase, this once."""
    round_ = _round(slug)
    form, wards = MakeCodesForm(), _wards(round_)
    form.offer(wards)
    if not form.validate_on_submit():
        return _codes_page(round_, form, wards), 422
    ward = next(ward for ward in wards if str(ward.id) == form.ward.data)
    try:
        with transaction() as session:
            started = start_batch(round_.id, ward.id, form.kind.data, actor=signed_in_staff().id)
            enqueue(session, MAKE_CODES, {"batch": started.id}, round_.id)
    except BadInput as error:
        form.ward.errors = [str(error)]
        return _codes_page(round_, form, wards), 422
    return render_template("roll/passphrase.html", round=round_, ward=ward, started=started)


@pages.get("/staff/rounds/<slug>/letters/<int:batch_id>")
@roles("officer")
def letters(slug: str, batch_id: int) -> str:
    """One batch: where it stands, and the passphrase that opens it."""
    return _letters_page(*_batch(slug, batch_id), OpenLettersForm())


@pages.post("/staff/rounds/<slug>/letters/<int:batch_id>")
@roles("officer")
def open_letters(slug: str, batch_id: int) -> ResponseReturnValue:
    """The letters, to print or as the printer's file; nothing of them is stored."""
    round_, batch = _batch(slug, batch_id)
    form = OpenLettersForm()
    if not form.validate_on_submit():
        return _letters_page(round_, batch, form), 422
    ward = _ward(batch)
    try:
        found = letters_of(batch.id, form.passphrase.data, round_.slug, ward.name)
    except BadInput as error:
        form.passphrase.errors = [str(error)]
        return _letters_page(round_, batch, form), 422
    words = _words(round_, ward, form.languages.data or "")
    if form.form.data == "csv":
        return _file(mail_merge(found, words), "text/csv; charset=utf-8", f"letters-{round_.slug}-{batch.id}.csv")
    if form.form.data in ("pdf", "pdf-large"):
        return _pdf(round_, batch, form, found, words)
    return _print_page(found, words, form, batch)


@pages.post("/staff/rounds/<slug>/letters/<int:batch_id>/downloaded")
@roles("officer")
def downloaded(slug: str, batch_id: int) -> ResponseReturnValue:
    """The officer has the letters: the plain codes are deleted here."""
    _batch(slug, batch_id)
    confirm_download(batch_id, actor=signed_in_staff().id)
    return redirect(url_for("roll.codes", slug=slug), 303)


@pages.get("/staff/rounds/<slug>/letters/<int:batch_id>/void")
@roles("officer")
def void(slug: str, batch_id: int) -> str:
    """Are you sure? What voiding a batch means."""
    round_, batch = _batch(slug, batch_id)
    return render_template("roll/void.html", round=round_, batch=batch, ward=_ward(batch), form=ConfirmForm())


@pages.post("/staff/rounds/<slug>/letters/<int:batch_id>/void")
@roles("officer")
def void_letters(slug: str, batch_id: int) -> ResponseReturnValue:
    """Void every code of a batch that the printer spoiled, so that it can be made again."""
    _batch(slug, batch_id)
    spoil_batch(batch_id, actor=signed_in_staff().id)
    return redirect(url_for("roll.codes", slug=slug), 303)


@pages.get("/staff/rounds/<slug>/returned-letters")
@roles("officer")
def returned(slug: str) -> str:
    """The register of letters that came back, and the form that adds to it."""
    return _returned_page(_round(slug), ReturnedForm())


@pages.post("/staff/rounds/<slug>/returned-letters")
@roles("officer")
def register(slug: str) -> ResponseReturnValue:
    """Stop the codes of letters that came back."""
    round_ = _round(slug)
    form = ReturnedForm()
    if not form.validate_on_submit():
        return _returned_page(round_, form), 422
    references = form.references.data.replace(",", "\n").splitlines()
    done = register_returned(round_.id, references, actor=signed_in_staff().id)
    return _returned_page(round_, ReturnedForm(formdata=None), done=done)


def _round(slug: str) -> RoundView:
    return round_by_slug(slug) or abort(404)


def _being_set_up(slug: str) -> RoundView:
    """A round whose roll one officer may still change."""
    round_ = _round(slug)
    if round_.phase != "set-up":
        abort(409)
    return round_


def _batch(slug: str, batch_id: int) -> tuple[RoundView, BatchView]:
    round_, batch = _round(slug), letter_queries.batch(batch_id)
    if batch is None or batch.round_id != round_.id:
        abort(404)
    return round_, batch


def _wards(round_: RoundView) -> list[WardName]:
    return wards_in_round(round_.id)


def _ward(batch: BatchView) -> WardName:
    return wards_around({batch.ward_id}, borough_wide=False)[0]


def _lines(round_: RoundView, wards: Sequence[WardName]) -> list[tuple[WardName, WardCounts]]:
    counts = queries.counts_by_ward(round_.id)
    return [(ward, counts[ward.id]) for ward in wards if ward.id in counts and counts[ward.id].entries]


def _choices() -> tuple[int, bool]:
    """What the officer chose with the file; it stands in the preview's address, since it names nobody."""
    return request.args.get("youngest", 16, int), request.args.get("adding", 0, int) == 1


def _terms(round_: RoundView, wards: Sequence[WardName], youngest: int) -> Any:
    return terms_for({ward.code: ward.id for ward in wards}, youngest, round_.closes_on or _today(), round_.oldest_age)


def _today() -> date:
    return clock().now().date()


def _roll_page(round_: RoundView, form: RollFileForm) -> str:
    wards = _wards(round_)
    found = queries.roll_of(round_.id)
    jobs = [job for job in jobs_of_round(round_.id) if job.kind == LOAD_ROLL][:JOBS_SHOWN]
    return render_template(
        "roll/roll.html",
        round=round_,
        form=form,
        files=found.files,
        sizes=[(ward, found.by_ward.get(ward.id, 0)) for ward in wards],
        total=sum(found.by_ward.values()),
        jobs=jobs,
    )


def _preview(
    round_: RoundView, wards: Sequence[WardName], report: RollReport, name: str, youngest: int, adding: bool
) -> dict[str, Any]:
    names = {ward.code: ward.name for ward in wards}
    return {
        "round": round_,
        "report": report,
        "says": say_report(report),
        "problems": say_problems(report),
        "by_ward": sorted((names.get(code, code), number) for code, number in report.by_ward.items()),
        "names": names,
        "name": name,
        "choice": {"youngest": youngest, "adding": int(adding)},
        "form": ConfirmForm(),
    }


def _codes_page(round_: RoundView, form: MakeCodesForm, wards: Sequence[WardName] | None = None) -> str:
    wards = wards or _wards(round_)
    form.offer(wards)
    return render_template(
        "roll/codes.html",
        round=round_,
        form=form,
        lines=_lines(round_, wards),
        batches=letter_queries.batches(round_.id),
        names={ward.id: ward.name for ward in wards},
        states=STATES,
    )


def _letters_page(round_: RoundView, batch: BatchView, form: OpenLettersForm) -> str:
    number = letter_queries.codes_of_batch(batch.id)
    return render_template(
        "roll/letters.html",
        round=round_,
        batch=batch,
        ward=_ward(batch),
        form=form,
        number=number,
        parts=-(-number // LETTERS_ON_A_PAGE),
        on_a_page=LETTERS_ON_A_PAGE,
        in_a_pdf=LETTERS_IN_A_PDF,
        states=STATES,
        confirm=ConfirmForm(formdata=None),
    )


def _returned_page(round_: RoundView, form: ReturnedForm, done: Any = None) -> str:
    lines = _lines(round_, _wards(round_))
    return render_template("roll/returned.html", round=round_, form=form, lines=lines, done=done)


def _words(round_: RoundView, ward: WardName, languages: str) -> LetterWords:
    opens, closes = say_when(round_.opens_at, round_.opens_on), say_when(round_.closes_at, round_.closes_on)
    return LetterWords(round_.name, ward.name, opens, closes, help_known().line, languages_given(languages))


def _file(content: str | bytes, content_type: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, content_type=content_type, headers=disposition)


def _pdf(
    round_: RoundView, batch: BatchView, form: OpenLettersForm, found: Sequence[Letter], words: LetterWords
) -> ResponseReturnValue:
    """One part of the letters as PDF, or the form again with the reason why not."""
    settings: Settings = current_app.extensions["settings"]
    parts, part = parts_of(found), form.part.data or 1
    if part > len(parts):
        form.part.errors = [f"There is only {say_number_of(len(parts), 'part', 'parts')} as PDF. Enter a lower number"]
        return _letters_page(round_, batch, form), 422
    large, test = form.form.data == "pdf-large", batch.kind == "test"
    try:
        drawn = letters_pdf(parts[part - 1], words, settings.council_name, large=large, test=test)
    except BadInput as error:
        form.form.errors = [str(error)]
        return _letters_page(round_, batch, form), 422
    return _file(drawn, "application/pdf", f"letters-{round_.slug}-{batch.id}-{part}.pdf")


def _print_page(found: Sequence[Letter], words: LetterWords, form: OpenLettersForm, batch: BatchView) -> str:
    """One part of the letters: a browser prints a few hundred pages, not fifty thousand."""
    part = form.part.data or 1
    chosen = found[(part - 1) * LETTERS_ON_A_PAGE : part * LETTERS_ON_A_PAGE]
    return render_template(
        "roll/print.html",
        letters=chosen,
        words=words,
        batch=batch,
        part=part,
        large=form.form.data == "large",
        shown=say_number_of(len(chosen), "letter", "letters"),
    )
