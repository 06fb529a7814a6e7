"""A NUL is in nothing that a person sends: it is refused before any page, or any database, reads it."""

import pytest


@pytest.mark.parametrize("path", ["/rounds/a%00b", "/wards?q=a%00b", "/wards?a%00b=q"])
def test_an_address_with_a_nul_is_refused(client, path):
    page = client.get(path, 400)
    assert "could not read what was sent" in page.text


def test_a_form_with_a_nul_is_refused(client):
    client.post("/staff/sign-in", {"email": "a\0b", "password": "made-up"}, 400)
