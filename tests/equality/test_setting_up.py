"""An officer chooses the questions; what was chosen is in the manifest."""

import json

from pbudget.equality.queries import plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.rounds.queries import set_up_by_slug
from pbudget.rounds.readiness import frozen, parts_of
from pbudget.rounds.rules.manifest import manifest_bytes
from tests.rounds.building import ready_round
from tests.support.pages import PageClient
from tests.support.staff import sign_in


def officer_of(app, ready) -> PageClient:
    client = PageClient(app)
    sign_in(client, staff_id=ready.a.id)
    return client


def save(app, status: int = 303, **fields):
    ready = ready_round(app)
    return ready, officer_of(app, ready).post(f"/staff/rounds/{ready.slug}/questions", fields, status)


def test_what_was_saved_is_ticked(app):
    ready, _ = save(app, asked="sex")
    page = officer_of(app, ready).get(f"/staff/rounds/{ready.slug}/questions")
    assert [each["value"] for each in page.soup.select("input[name=asked][checked]")] == ["sex"]
    assert "no group" in page.text


def test_chosen_questions_are_asked_and_stand_in_the_manifest(app):
    ready, _ = save(app, asked="age", own_title="Do you rent or own your home?", own_answers="Rent\nOwn")
    assert [each.name for each in plan_of(of_round(ready.id)).questions] == ["age", "do-you-rent-or-own-your-home"]
    manifest = json.loads(manifest_bytes(frozen(set_up_by_slug(ready.slug), parts_of(ready.id))))
    assert [each["title"] for each in manifest["questions"]] == ["How old are you?", "Do you rent or own your home?"]


def test_no_question_at_all_is_a_choice(app):
    ready, _ = save(app)
    assert plan_of(of_round(ready.id)).questions == ()


def test_a_question_with_one_answer_is_refused_and_what_was_typed_stays(app):
    ready, page = save(app, 422, asked="age", own_title="Do you rent?", own_answers="Rent")
    assert "Give 2 to 20 answers" in page.text
    assert page.one("textarea").get_text().strip() == "Rent"
    assert plan_of(of_round(ready.id)).questions == ()
