"""The whole way in: link, password, code; and every way in that must not be one. What locks runs on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import create_app
from pbudget.accounts import actions, signing_in
from pbudget.accounts.models import Staff, StaffRecoveryCode, StaffSession
from pbudget.audit.queries import entries, verify
from pbudget.db import db
from pbudget.web.access import sign_path
from tests.accounts.phone import GOOD_PASSWORD, Phone, next_code, path_of, stop_clock
from tests.support.pages import PageClient
from tests.support.staff import add_staff, sign_in

EMAIL = "new@test.example"
REFUSED = "Email address or password is not right"


def invited(role: str = "officer") -> str:
    return path_of(actions.say_link(actions.invite_staff(EMAIL, [role])))


def set_up(client: PageClient, link: str = "") -> tuple[Phone, list[str]]:
    """Go the whole way from the link; the phone and the recovery codes."""
    client.post(link or invited(), {"password": GOOD_PASSWORD}, status=303)
    phone = Phone(client.app, client.get("/staff/set-up-authenticator"))
    done = client.post("/staff/set-up-authenticator", {"code": phone.code()}, status=200)
    return phone, [key.get_text() for key in done.soup.select(".staff-codes kbd")]


def ready(app) -> tuple[PageClient, Phone, list[str]]:
    """A client whose account is set up and who is signed out again; the clock stands still."""
    stop_clock(app)
    client = PageClient(app)
    phone, codes = set_up(client)
    client.post("/staff/sign-out", {}, status=303, page="/staff")
    stop_clock(app, timedelta(minutes=1))
    return client, phone, codes


def give_password(client: PageClient, password: str = GOOD_PASSWORD, email: str = EMAIL, status: int = 303):
    return client.post("/staff/sign-in", {"email": email, "password": password}, status=status)


def sessions() -> list[StaffSession]:
    db.session.rollback()
    return list(db.session.scalars(select(StaffSession)))


def acts() -> list[str]:
    db.session.rollback()
    return [line.act for line in reversed(entries(100))]


def test_from_the_one_time_link_to_the_start_page_and_in_again_with_the_phone(app):
    stop_clock(app)
    client = PageClient(app)
    phone, codes = set_up(client)
    assert len(codes) == 8
    assert "You set rounds up" in client.get("/staff").text
    client.post("/staff/sign-out", {}, status=303, page="/staff")
    assert client.get("/staff", status=302).response.location.startswith("/staff/sign-in?next=")
    assert give_password(client).response.location == "/staff/sign-in/code"
    client.get("/staff", status=302)
    client.post("/staff/sign-in/code", {"code": next_code(app, phone)}, status=303)
    assert client.get("/staff").status == 200
    assert acts() == ["invited", "set a password", "set up an authenticator", "signed out", "signed in"]
    assert verify().ok


def test_the_link_works_once(sqlite_app):
    client, link = PageClient(sqlite_app), invited()
    set_up(client, link)
    assert "This link cannot be used" in PageClient(sqlite_app).get(link, status=404).text


def test_the_link_still_works_when_the_browser_was_closed_before_the_first_code(sqlite_app):
    link = invited()
    PageClient(sqlite_app).post(link, {"password": "another lantern otter"}, status=303)
    client = PageClient(sqlite_app)
    set_up(client, link)
    assert client.get("/staff").status == 200


def test_the_link_runs_out_after_three_days(app):
    stop_clock(app)
    link = invited()
    stop_clock(app, timedelta(hours=72))
    PageClient(app).get(link, status=404)


def test_a_link_that_never_was_looks_like_one_that_is_over(sqlite_app):
    link, client = invited(), PageClient(sqlite_app)
    set_up(client, link)
    fresh = PageClient(sqlite_app)
    assert fresh.get("/staff/invitation/never", status=404).text == fresh.get(link, status=404).text


def test_a_password_set_by_the_link_opens_nothing_without_the_phone(sqlite_app):
    PageClient(sqlite_app).post(invited(), {"password": GOOD_PASSWORD}, status=303)
    assert REFUSED in give_password(PageClient(sqlite_app), status=200).text


def test_an_easy_password_is_refused_at_the_field_with_the_reason(sqlite_app):
    page = PageClient(sqlite_app).post(invited(), {"password": "Welcome to Test council"}, status=200)
    assert "too easy to guess" in page.one("#password-error").get_text()


def test_the_set_up_page_shows_the_key_as_a_picture_and_in_letters(sqlite_app):
    client = PageClient(sqlite_app)
    client.post(invited(), {"password": GOOD_PASSWORD}, status=303)
    page = client.get("/staff/set-up-authenticator")
    picture = client.get(page.one("img.staff-picture")["src"]).response
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert picture.text.startswith("<svg")
    PageClient(sqlite_app).get("/staff/set-up-authenticator/picture.svg", status=404)
    assert len(page.one("kbd.staff-key").get_text().replace("-", "")) == 32


def test_unknown_address_wrong_password_and_disabled_account_get_the_same_page(sqlite_app):
    ready(sqlite_app)
    told = [give_password(PageClient(sqlite_app), email="nobody@test.example", status=200).text]
    told.append(give_password(PageClient(sqlite_app), "wrong lantern otter moss", status=200).text)
    actions.disable_staff(EMAIL)
    told.append(give_password(PageClient(sqlite_app), status=200).text)
    assert REFUSED in told[0]
    assert told[0].replace("nobody@test.example", EMAIL) == told[1] == told[2]


def test_an_unknown_address_costs_the_same_hash_as_a_known_one(sqlite_app, monkeypatch):
    ready(sqlite_app)
    hashes = []
    real = signing_in.password_fits
    monkeypatch.setattr(signing_in, "password_fits", lambda *given: hashes.append(given[1]) or real(*given))
    give_password(PageClient(sqlite_app), email="nobody@test.example", status=200)
    give_password(PageClient(sqlite_app), "wrong lantern otter moss", status=200)
    assert len(hashes) == 2
    assert hashes[0] is None


def test_a_code_works_once(app):
    client, phone, _ = ready(app)
    code = phone.code()
    give_password(client)
    client.post("/staff/sign-in/code", {"code": code}, status=303)
    again = PageClient(app)
    give_password(again)
    page = again.post("/staff/sign-in/code", {"code": code}, status=200)
    assert "used already" in page.text
    assert "right password, wrong code" in acts()


def test_the_code_before_the_one_used_is_refused_too(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    earlier = phone.code()
    give_password(client)
    client.post("/staff/sign-in/code", {"code": next_code(sqlite_app, phone)}, status=303)
    again = PageClient(sqlite_app)
    give_password(again)
    again.post("/staff/sign-in/code", {"code": earlier}, status=200)


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_code_too_old_or_too_early_is_refused(sqlite_app, seconds):
    client, phone, _ = ready(sqlite_app)
    give_password(client)
    stop_clock(sqlite_app, timedelta(seconds=seconds))
    code = phone.code()
    stop_clock(sqlite_app, timedelta(seconds=-seconds))
    client.post("/staff/sign-in/code", {"code": code}, status=200)


def test_five_wrong_codes_ask_for_the_password_again(app):
    client, _, _ = ready(app)
    give_password(client)
    for number in range(5):
        client.post("/staff/sign-in/code", {"code": f"00000{number}"}, status=200)
    assert sessions() == []
    assert client.get("/staff/sign-in/code", status=302).response.location == "/staff/sign-in?next=ended"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34\u200b5"])
def test_something_that_is_no_code_is_told_so_and_costs_no_try(sqlite_app, code):
    client, _, _ = ready(sqlite_app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": code}, status=200)
    assert sessions()[0].wrong_codes == 0


def test_a_code_with_a_nul_in_it_is_refused_whole_and_costs_no_try(sqlite_app):
    client, _, _ = ready(sqlite_app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": "12 34\x0056"}, status=400)
    assert sessions()[0].wrong_codes == 0


def test_a_recovery_code_signs_in_once_however_it_is_typed(app):
    client, _, codes = ready(app)
    give_password(client)
    client.post("/staff/sign-in/recovery-code", {"recovery_code": codes[3].upper().replace("-", " ")}, status=303)
    assert "7 left" in client.get("/staff/account").text
    again = PageClient(app)
    give_password(again)
    assert "used already" in again.post("/staff/sign-in/recovery-code", {"recovery_code": codes[3]}, status=200).text
    assert "signed in with a recovery code" in acts()


def test_no_recovery_code_and_no_secret_stands_readable_in_the_database(sqlite_app):
    ready(sqlite_app)
    kept = [each.verifier for each in db.session.scalars(select(StaffRecoveryCode))]
    assert all(each.startswith("$argon2id$") for each in kept)
    staff = db.session.scalars(select(Staff)).one()
    assert '"enckey"' in staff.totp_secret
    assert GOOD_PASSWORD not in staff.password


def test_the_cookie_gets_a_new_id_at_every_step(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    give_password(client)
    with client.http.session_transaction() as cookie:
        before, token = cookie["staff"], cookie.get("csrf_token")
    client.post("/staff/sign-in/code", {"code": phone.code()}, status=303)
    with client.http.session_transaction() as cookie:
        assert cookie["staff"] != before
        assert cookie.get("csrf_token") != token or token is None
    assert [row.stage for row in sessions()] == ["full"]


def test_signing_out_ends_the_row_so_that_a_copied_cookie_is_worth_nothing(app):
    client = PageClient(app)
    sign_in(client)
    thief = PageClient(app)
    with client.http.session_transaction() as cookie, thief.http.session_transaction() as copy:
        copy.update(cookie)
    assert thief.get("/staff").status == 200
    response = client.post("/staff/sign-out", {}, status=303, page="/staff").response
    assert '"cache"' in response.headers["Clear-Site-Data"]
    assert sessions() == []
    thief.get("/staff", status=302)


def test_signing_out_everywhere_ends_every_device_of_this_person_only(app):
    one, two, other = PageClient(app), PageClient(app), PageClient(app)
    staff_id = sign_in(one)
    sign_in(two, staff_id=staff_id)
    sign_in(other)
    one.post("/staff/sign-out-everywhere", {}, status=303, page="/staff/account")
    two.get("/staff", status=302)
    assert other.get("/staff").status == 200


def test_disabling_an_account_ends_its_sign_ins_at_once(app):
    client = PageClient(app)
    sign_in(client, email="gone@test.example")
    actions.disable_staff("gone@test.example")
    client.get("/staff", status=302)
    actions.enable_staff("gone@test.example")
    client.get("/staff", status=302)


def test_a_sign_in_ends_after_half_an_hour_without_a_page_and_looking_keeps_it(sqlite_app):
    stop_clock(sqlite_app)
    client = PageClient(sqlite_app)
    sign_in(client)
    for _ in range(3):
        stop_clock(sqlite_app, timedelta(minutes=29))
        client.get("/staff")
    stop_clock(sqlite_app, timedelta(minutes=30))
    client.get("/staff", status=302)


def test_a_sign_in_ends_after_twelve_hours_however_busy(app):
    stop_clock(app)
    client = PageClient(app)
    sign_in(client)
    for _ in range(35):
        stop_clock(app, timedelta(minutes=20))
        client.get("/staff")
    stop_clock(app, timedelta(minutes=20))
    client.get("/staff", status=302)


def test_the_password_alone_waits_ten_minutes_for_the_code(app):
    client, _, _ = ready(app)
    give_password(client)
    stop_clock(app, timedelta(minutes=10))
    client.get("/staff/sign-in/code", status=302)
    give_password(client)
    assert len(sessions()) == 1, "the row whose time ran out is cleared away at the next sign-in"


def test_after_signing_in_staff_come_to_the_page_they_asked_for(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    asked = client.get("/staff/audit?page=1", status=302).response.location
    sent = client.post(asked, {"email": EMAIL, "password": GOOD_PASSWORD}, status=303).response.location
    assert client.post(sent, {"code": phone.code()}, status=303).response.location == "/staff/audit?page=1"


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/staff/account", "x.y"])
def test_no_link_can_send_staff_anywhere_this_site_did_not_sign(sqlite_app, wanted):
    client, phone, _ = ready(sqlite_app)
    sent = client.post(f"/staff/sign-in?next={wanted}", {"email": EMAIL, "password": GOOD_PASSWORD}, status=303)
    done = client.post(sent.response.location, {"code": phone.code()}, status=303)
    assert done.response.location == "/staff"


def test_what_was_sent_after_the_sign_in_ended_is_not_done_and_the_page_says_so(sqlite_app):
    stop_clock(sqlite_app)
    client = PageClient(sqlite_app)
    sign_in(client)
    form = client.get("/staff/account")
    token = form.soup.find("input", {"name": "csrf_token"})["value"]
    stop_clock(sqlite_app, timedelta(minutes=31))
    answer = client._fetch("POST", "/staff/sign-out-everywhere", 303, data={"csrf_token": token})
    assert len(sessions()) == 1
    assert "has not been saved" in client.get(answer.response.location).text


def test_five_wrong_passwords_make_this_network_wait_and_the_owner_gets_in_from_another(sqlite_app):
    owner, phone, _ = ready(sqlite_app)
    guesser = PageClient(sqlite_app)
    for number in range(5):
        give_password(guesser, f"wrong lantern otter {number}", status=200)
    form = guesser.get("/staff/sign-in")
    token = form.soup.find("input", {"name": "csrf_token"})["value"]
    data = {"email": EMAIL, "password": GOOD_PASSWORD, "csrf_token": token}
    page = guesser._fetch("POST", "/staff/sign-in", 429, data=data)
    assert "No account is locked" in page.text
    assert 0 < int(page.response.headers["Retry-After"]) <= 900
    owner.http.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    give_password(owner)
    owner.post("/staff/sign-in/code", {"code": phone.code()}, status=303)


def test_password_and_code_given_again_make_the_sign_in_fresh(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": phone.code()}, status=303)
    stop_clock(sqlite_app, timedelta(minutes=20))
    asked = client.get("/staff/account/recovery-codes", status=302).response.location
    assert asked == f"/staff/sign-in-again?next={sign_path('/staff/account/recovery-codes')}"
    wrong = client.post(asked, {"password": "wrong lantern otter", "code": phone.code()}, status=200)
    assert "Password or code is not right" in wrong.text
    done = client.post(asked, {"password": GOOD_PASSWORD, "code": phone.code()}, status=303)
    assert done.response.location == "/staff/account/recovery-codes"
    page = client.post("/staff/account/recovery-codes", {}, status=200)
    assert len(page.soup.select(".staff-codes li")) == 8


def test_signing_in_again_does_not_make_the_day_longer(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": phone.code()}, status=303)
    began = sessions()[0].started_at
    code = next_code(sqlite_app, phone)
    client.post("/staff/sign-in-again", {"password": GOOD_PASSWORD, "code": code}, status=303)
    assert sessions()[0].started_at == began


def test_changing_the_password_asks_for_the_old_one_and_ends_the_other_devices(app):
    client, phone, _ = ready(app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": phone.code()}, status=303)
    other = PageClient(app)
    sign_in(other, staff_id=sessions()[0].staff_id)
    fresh = "gravel lantern moss otter"
    path = "/staff/account/password"
    assert "is not right" in client.post(path, {"old": "wrong lantern otter", "new": fresh}, status=200).text
    assert "too easy" in client.post(path, {"old": GOOD_PASSWORD, "new": "Test council 2027!"}, status=200).text
    client.post(path, {"old": GOOD_PASSWORD, "new": fresh}, status=303)
    assert "password is changed" in client.get("/staff/account?done=password").text
    other.get("/staff", status=302)
    assert REFUSED in give_password(PageClient(app), status=200).text
    give_password(PageClient(app), fresh)


def test_two_requests_with_one_code_give_one_sign_in(app):
    """The second finds the first one's mark, because both lock the account before they look."""
    client, phone, _ = ready(app)
    give_password(client)
    found = signing_in.queries.sign_in(sessions()[0].id)
    signing_in.check_code(found, phone.code(), "unknown")
    with pytest.raises(signing_in.SignInOver):
        signing_in.check_code(found, phone.code(), "unknown")
    give_password(PageClient(app))
    second = signing_in.queries.sign_in(next(row.id for row in sessions() if row.stage == "password"))
    with pytest.raises(signing_in.CodeRefused):
        signing_in.check_code(second, phone.code(), "unknown")


def test_a_lost_phone_ends_everything_that_worked_and_a_new_link_begins_again(app):
    client, _, _ = ready(app)
    sign_in(client, staff_id=db.session.scalars(select(Staff.id)).one())
    link = path_of(actions.say_link(actions.reset_staff(EMAIL)))
    client.get("/staff", status=302)
    assert REFUSED in give_password(PageClient(app), status=200).text
    fresh, _ = set_up(PageClient(app), link)
    again = PageClient(app)
    give_password(again)
    again.post("/staff/sign-in/code", {"code": next_code(app, fresh)}, status=303)


def test_an_account_without_a_password_has_no_way_in(sqlite_app):
    add_staff(sqlite_app, email="half@test.example")
    assert "Enter your password" in give_password(PageClient(sqlite_app), "", "half@test.example", status=200).text
    page = give_password(PageClient(sqlite_app), "anything at all here", "half@test.example", status=200)
    assert REFUSED in page.text


def test_a_test_account_made_by_hand_is_refused_where_there_is_no_demonstration(sqlite_app):
    client = PageClient(sqlite_app)
    sign_in(client, is_demo=True)
    client.get("/staff", status=302)


def test_a_hopelessly_long_password_is_refused_before_it_is_hashed(sqlite_app, monkeypatch):
    monkeypatch.setattr(signing_in, "password_fits", lambda *_: pytest.fail("hashed"))
    assert "too long" in give_password(PageClient(sqlite_app), "x" * 1_001, status=200).text


def test_nothing_is_written_when_a_sign_in_is_refused(sqlite_app):
    give_password(PageClient(sqlite_app), "wrong lantern otter moss", status=200)
    assert sessions() == []
    assert acts() == []


def test_without_the_secret_key_nobody_gets_in_until_a_new_link_is_given(sqlite_app):
    client, phone, _ = ready(sqlite_app)
    give_password(client)
    client.post("/staff/sign-in/code", {"code": next_code(sqlite_app, phone)}, status=303)
    db.session.remove()
    elsewhere = create_app(replace(sqlite_app.extensions["settings"], secret_key="s" * 64))
    elsewhere.extensions["clock"] = sqlite_app.extensions["clock"]
    with elsewhere.app_context():
        other = PageClient(elsewhere)
        assert REFUSED in give_password(other, status=200).text
        set_up(other, path_of(actions.say_link(actions.reset_staff(EMAIL))))
        other.get("/staff")
