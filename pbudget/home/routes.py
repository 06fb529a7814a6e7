"""Front page, about, contact, accessibility statement, privacy notice, cookies."""

from flask import Blueprint, render_template

from pbudget.web.access import public

pages = Blueprint("home", __name__)


@pages.get("/")
@public
def front() -> str:
    """What is open, what is coming, what came of the last round."""
    return render_template("home/front.html")


@pages.get("/about")
@public
def about() -> str:
    """What this service is, who runs it, how decisions are made and checked."""
    return render_template("home/about.html")


@pages.get("/accessibility-statement")
@public
def accessibility_statement() -> str:
    """How accessible the service is, what is known not to work, how to complain."""
    return render_template("home/accessibility-statement.html")


@pages.get("/privacy")
@public
def privacy() -> str:
    """What is kept about people, why, and for how long."""
    return render_template("home/privacy.html")


@pages.get("/cookies")
@public
def cookies() -> str:
    """The one cookie there is."""
    return render_template("home/cookies.html")


@pages.get("/contact")
@public
def contact() -> str:
    """How to reach the council about this service, by every way it has given."""
    return render_template("home/contact.html")
