"""Signing in and out, the page staff start from, their account, the audit log."""

import tempfile

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from pbudget.accounts import queries, signing_in
from pbudget.accounts.actions import DEMO_PASSWORD
from pbudget.accounts.forms import (
    AgainForm,
    ChangePasswordForm,
    CodeForm,
    NewPasswordForm,
    RecoveryCodeForm,
    SignInForm,
    SubmitForm,
)
from pbudget.accounts.front import tasks_of
from pbudget.accounts.pictures import authenticator_picture
from pbudget.accounts.queries import COOKIE_ID, COOKIE_SEEN, SignedIn
from pbudget.accounts.security import clock, codes
from pbudget.accounts.signing_in import (
    CodeRefused,
    LinkNotUsable,
    PasswordNotUsable,
    SignInOver,
    SignInRefused,
    TooManySignIns,
)
from pbudget.accounts.words import audit_actor, audit_day, audit_words, role_sentence, role_words
from pbudget.audit import queries as audit
from pbudget.audit.export import write_export
from pbudget.config import Settings
from pbudget.jobs.queries import troubles
from pbudget.kit.networks import network_of
from pbudget.web.access import ROLES, again_and_back, current_staff, public, roles, signed_in_staff, signed_path
from pbudget.web.paging import asked_page

pages = Blueprint("accounts", __name__, url_prefix="/staff")
for word in (role_words, role_sentence, audit_day, audit_actor, audit_words):
    pages.add_app_template_filter(word)
pages.add_app_template_global(current_staff, "signed_in_staff")
ENTRIES_A_PAGE = 50
FRESH_SECONDS = 15 * 60
EXPORT_IN_MEMORY = 5_000_000


@pages.after_request
def never_stored(response: Response) -> Response:
    """Nothing of these pages stays in a browser."""
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.app_errorhandler(TooManySignIns)
def too_many(error: TooManySignIns) -> ResponseReturnValue:
    """The page that says when to try again."""
    response = make_response(render_template("accounts/too-many.html", until=error.until), 429)
    response.headers["Retry-After"] = str(max(1, round((error.until - clock().now()).total_seconds())))
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.app_errorhandler(SignInOver)
def start_again(_: SignInOver) -> ResponseReturnValue:
    """The sign-in ended while somebody was at it: back to the password."""
    session.clear()
    return redirect(url_for("accounts.sign_in", next="ended"), 303)


@pages.get("")
@roles(*ROLES)
def front() -> str:
    """What this person can do here."""
    staff = signed_in_staff()
    trouble = troubles() if "officer" in staff.roles else []
    return render_template("accounts/front.html", tasks=tasks_of(staff), troubles=trouble)


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Address and password."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            return _go_on(
                signing_in.check_password(form.email.data, form.password.data, _network()), "accounts.sign_in_code"
            )
        except SignInRefused as error:
            form.refuse("email", str(error))
    return render_template(
        "accounts/sign-in.html",
        form=form,
        ended=request.args.get("next") == "ended",
        demo_accounts=queries.demo_accounts(),
        demo_password=DEMO_PASSWORD,
    )


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def sign_in_code() -> ResponseReturnValue:
    """The code of the authenticator."""
    found, form = queries.signed_in("password"), CodeForm()
    if found is None:
        return redirect(url_for("accounts.sign_in", next="ended"))
    if form.validate_on_submit():
        try:
            return _signed_in(signing_in.check_code(found, form.code.data, _network()))
        except CodeRefused as error:
            form.refuse("code", str(error))
    return render_template("accounts/code.html", form=form, demo_code=queries.demo_code(found))


@pages.route("/sign-in/recovery-code", methods=["GET", "POST"])
@public
def sign_in_recovery_code() -> ResponseReturnValue:
    """One of the codes that were written down."""
    found, form = queries.signed_in("password"), RecoveryCodeForm()
    if found is None:
        return redirect(url_for("accounts.sign_in", next="ended"))
    if form.validate_on_submit():
        try:
            return _signed_in(signing_in.check_recovery_code(found, form.recovery_code.data, _network()))
        except CodeRefused as error:
            form.refuse("recovery_code", str(error))
    return render_template("accounts/recovery-code.html", form=form)


@pages.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """A one-time link: choose a password."""
    invited, form = queries.invitation(token), NewPasswordForm()
    if invited is None:
        return make_response(render_template("accounts/link-over.html"), 404)
    if form.validate_on_submit():
        try:
            return _go_on(signing_in.accept_invitation(token, form.password.data), "accounts.set_up_authenticator")
        except PasswordNotUsable as error:
            form.refuse("password", str(error))
        except LinkNotUsable:
            return make_response(render_template("accounts/link-over.html"), 404)
    return render_template("accounts/invitation.html", form=form, invited=invited)


@pages.route("/set-up-authenticator", methods=["GET", "POST"])
@public
def set_up_authenticator() -> ResponseReturnValue:
    """The picture to scan, the key in letters, and the first code."""
    found, form = queries.signed_in("set-up"), CodeForm()
    if found is None:
        return redirect(url_for("accounts.sign_in", next="ended"))
    if form.validate_on_submit():
        try:
            began, fresh = signing_in.confirm_authenticator(found, form.code.data)
        except CodeRefused as error:
            form.refuse("code", str(error))
        else:
            _carry(began)
            return render_template("accounts/recovery-codes.html", codes=fresh, first=True)
    return _authenticator_page(found, form)


def _authenticator_page(found: SignedIn, form: CodeForm) -> str:
    key = codes().get_totp_pretty_key(found.new_secret or "")
    return render_template("accounts/set-up-authenticator.html", form=form, key=key)


@pages.get("/set-up-authenticator/picture.svg")
@public
def authenticator_svg() -> Response:
    """The picture to scan, for whoever is setting up just now."""
    found = queries.signed_in("set-up") or abort(404)
    picture = authenticator_picture(codes().get_totp_uri(found.email, found.new_secret or ""))
    return Response(picture, mimetype="image/svg+xml")


@pages.route("/sign-in-again", methods=["GET", "POST"])
@roles(*ROLES)
def sign_in_again() -> ResponseReturnValue:
    """Password and code once more, before something that two people decide."""
    found, form = _signed_in_now(), AgainForm()
    if form.validate_on_submit():
        try:
            began = signing_in.check_again(found, form.password.data, form.code.data, _network())
        except CodeRefused as error:
            form.refuse("password", str(error))
        else:
            _carry(began)
            return redirect(_way_back(), 303)
    code = queries.demo_code(found)
    return render_template("accounts/sign-in-again.html", form=form, email=found.email, demo_code=code)


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this sign-in. Without one it does nothing, so that a second press is no error."""
    found = queries.signed_in()
    if found:
        signing_in.sign_out(found)
    return _signed_out()


@pages.post("/sign-out-everywhere")
@roles(*ROLES)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in of this person."""
    signing_in.sign_out_everywhere(_signed_in_now())
    return _signed_out()


def _signed_out() -> ResponseReturnValue:
    session.clear()
    response = make_response(redirect(url_for("accounts.signed_out"), 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/signed-out")
@public
def signed_out() -> str:
    """That it is over."""
    return render_template("accounts/signed-out.html")


@pages.get("/account")
@roles(*ROLES)
def account() -> str:
    """Who I am here, and what I can change about signing in."""
    found = _signed_in_now()
    return render_template(
        "accounts/account.html",
        found=found,
        sign_ins=queries.sign_in_count(found.staff.id),
        recovery_codes=len(queries.recovery_verifiers(found.staff.id)),
    )


@pages.route("/account/password", methods=["GET", "POST"])
@roles(*ROLES)
def change_password() -> ResponseReturnValue:
    """A new password."""
    found, form = _signed_in_now(), ChangePasswordForm()
    if form.validate_on_submit():
        try:
            signing_in.change_password(found, form.old.data, form.new.data, _network())
        except SignInRefused as error:
            form.refuse("old", str(error))
        except PasswordNotUsable as error:
            form.refuse("new", str(error))
        else:
            return redirect(url_for("accounts.account", done="password"), 303)
    return render_template("accounts/change-password.html", form=form, email=found.email)


@pages.route("/account/recovery-codes", methods=["GET", "POST"])
@roles(*ROLES)
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, for somebody who has just signed in."""
    if not queries.signed_in_again_within(FRESH_SECONDS):
        return redirect(again_and_back(url_for("accounts.recovery_codes")))
    form = SubmitForm()
    if form.validate_on_submit():
        fresh = signing_in.replace_recovery_codes(_signed_in_now())
        return render_template("accounts/recovery-codes.html", codes=fresh, first=False)
    return render_template("accounts/new-recovery-codes.html", form=form)


@pages.get("/audit")
@roles("officer", "auditor")
def audit_log() -> str:
    """What staff did, the latest first."""
    paging = asked_page(audit.entry_count(), ENTRIES_A_PAGE)
    return render_template(
        "accounts/audit.html",
        entries=audit.entries(paging.size, paging.offset),
        paging=paging,
        labels=queries.labels(),
    )


@pages.get("/audit/check")
@roles("officer", "auditor")
def audit_check() -> str:
    """Whether anything in the log was changed, taken out or put in."""
    return render_template("accounts/audit-check.html", check=audit.verify())


@pages.get("/audit/log.zip")
@roles("auditor")
def audit_export() -> Response:
    """The whole log in one file with the program that checks it."""
    settings: Settings = current_app.extensions["settings"]
    file = tempfile.SpooledTemporaryFile(max_size=EXPORT_IN_MEMORY)  # noqa: SIM115 - sent, then closed by the server
    write_export(file, settings.council_name, queries.labels())
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name="audit-log.zip", max_age=0)


def _signed_in_now() -> SignedIn:
    found = queries.signed_in()
    if found is None:
        raise SignInOver("This sign-in has ended.")
    return found


def _network() -> str:
    return network_of(request.remote_addr)


def _carry(session_id: str) -> None:
    """Put a sign-in into a cookie of its own: nothing of what was in it before remains, form tokens included."""
    session.clear()
    session[COOKIE_ID], session[COOKIE_SEEN] = session_id, int(clock().now().timestamp())
    request.environ.pop(queries.CARRIED, None)


def _go_on(session_id: str, endpoint: str) -> ResponseReturnValue:
    _carry(session_id)
    return redirect(url_for(endpoint, next=request.args.get("next")), 303)


def _signed_in(session_id: str) -> ResponseReturnValue:
    _carry(session_id)
    return redirect(_way_back(), 303)


def _way_back() -> str:
    """The page that somebody was at before, if this site signed it; else the page staff start from."""
    return signed_path(request.args.get("next", ""), url_for("accounts.front"))
