"""Officers' pages for wards that are looked at together: the clusters there are, a new one, one of them."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import slug as address_of
from pbudget.rounds import setting_up
from pbudget.rounds.cluster_form import ClusterForm
from pbudget.rounds.queries import PotView, SetUp, clusters_of, pots_of, set_up_by_slug
from pbudget.rounds.rules.phases import SET_UP
from pbudget.web.access import roles, signed_in_staff

pages = Blueprint("staff_clusters", __name__, url_prefix="/staff/rounds/<slug>/clusters")
TITLE = "Wards looked at together"


@pages.get("")
@roles("officer", "auditor")
def clusters(slug: str) -> str:
    """The clusters of a round, and a form for one more."""
    return _list_page(_round(slug), ClusterForm(formdata=None))


@pages.post("")
@roles("officer")
def add_cluster(slug: str) -> ResponseReturnValue:
    """Join wards."""
    round_, form = _round(slug), ClusterForm()
    form.offer(pots_of(round_.id))
    if _saved(round_, form, ""):
        return redirect(url_for("staff_clusters.clusters", slug=slug), 303)
    return _list_page(round_, form), 422


@pages.get("/<cluster>")
@roles("officer")
def one_cluster(slug: str, cluster: str) -> str:
    """The name and the wards of one."""
    round_ = _round(slug)
    name, members = _cluster(round_, cluster)
    data = {"name": name, "wards": [pot.slug for pot in members]}
    return _page(round_, name, ClusterForm(formdata=None, data=data))


@pages.post("/<cluster>")
@roles("officer")
def change_cluster(slug: str, cluster: str) -> ResponseReturnValue:
    """Save another name or other wards."""
    round_, form = _round(slug), ClusterForm()
    name, _ = _cluster(round_, cluster)
    form.offer(pots_of(round_.id), name)
    if _saved(round_, form, name):
        return redirect(url_for("staff_clusters.clusters", slug=slug), 303)
    return _page(round_, name, form), 422


@pages.post("/<cluster>/remove")
@roles("officer")
def remove_cluster(slug: str, cluster: str) -> ResponseReturnValue:
    """Look at its wards by themselves again."""
    round_ = _round(slug)
    setting_up.remove_cluster(round_.id, _cluster(round_, cluster)[0], signed_in_staff().id)
    return redirect(url_for("staff_clusters.clusters", slug=slug), 303)


def _saved(round_: SetUp, form: ClusterForm, before: str) -> bool:
    """Whether it could be saved; else the form says why not."""
    if not form.validate_on_submit():
        return False
    try:
        setting_up.save_cluster(round_.id, before, form.name.data, form.wards.data, signed_in_staff().id)
        return True
    except BadInput as error:
        form.refuse("name", str(error))
        return False


def _round(slug: str) -> SetUp:
    return set_up_by_slug(slug) or abort(404)


def _cluster(round_: SetUp, address: str) -> tuple[str, list[PotView]]:
    """The name of the cluster of this address, and its contests; 404 where there is none."""
    pots = pots_of(round_.id)
    name = next((pot.cluster for pot in pots if pot.cluster and address_of(pot.cluster) == address), "") or abort(404)
    return name, [pot for pot in pots if pot.cluster == name]


def _list_page(round_: SetUp, form: ClusterForm) -> str:
    pots = pots_of(round_.id)
    can_join = form.offer(pots)
    found = [(address_of(each.name), each) for each in clusters_of(pots, {})]
    return render_template(
        "rounds/staff/clusters.html", clusters=found, can_join=can_join, title=TITLE, **_common(round_, form)
    )


def _page(round_: SetUp, name: str, form: ClusterForm) -> str:
    form.offer(pots_of(round_.id), name)
    return render_template(
        "rounds/staff/cluster.html", name=name, address=address_of(name), title=name, **_common(round_, form)
    )


def _common(round_: SetUp, form: ClusterForm) -> dict[str, object]:
    may_change = round_.phase == SET_UP and "officer" in signed_in_staff().roles
    return {"round": round_, "form": form, "may_change": may_change}
