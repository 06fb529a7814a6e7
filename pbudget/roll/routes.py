"""Staff pages of the roll: upload and check a file, make codes, print letters."""

from flask import Blueprint

from pbudget.roll import models  # noqa: F401 - the migrations compare with every table the application knows

pages = Blueprint("roll", __name__)
