"""The service navigation."""

import pytest

from pbudget.replays.actions import replay_files
from tests.support.elections import pb_file


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/rounds", ["Rounds"]),
        ("/rounds/testtown-2024/all-of-testtown", ["Rounds"]),
        ("/find-your-ward", ["Wards"]),
        ("/about", ["About"]),
        ("/privacy", []),
    ],
)
def test_the_place_a_page_belongs_to_is_marked(client, tmp_path, path, marked):
    replay_files([pb_file(tmp_path)])
    current = client.get(path).soup.select("header nav [aria-current]")
    assert [" ".join(link.get_text().split()) for link in current] == marked
