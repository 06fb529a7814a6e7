import pytest

from pbudget.wards.rules.postcodes import NotAPostcode, directory_columns, directory_row, normalise, sector, spaced
from pbudget.wards.rules.tables import FileNotUsable


@pytest.mark.parametrize("typed", ["SE1 7AB", "se17ab", " Se1  7aB ", "SE1-7AB", "SE1\u00a07AB", "SE1 7AB."])
def test_a_postcode_is_recognised_however_it_is_typed(typed):
    assert normalise(typed) == "SE17AB"


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_asks_for_a_postcode(typed):
    with pytest.raises(NotAPostcode, match=r"^Enter a postcode$"):
        normalise(typed)


@pytest.mark.parametrize("typed", ["SE1", "SE1 7A", "12345", "Riverside", "SE1 7AB SE1 7AB", "QQ1 1AA", "x" * 10_000])
def test_anything_else_says_what_a_postcode_looks_like(typed):
    with pytest.raises(NotAPostcode, match="like SE1 7AB"):
        normalise(typed)


def test_a_postcode_is_shown_with_its_space_and_its_sector_is_all_but_two_letters():
    assert spaced("SW1A1AA") == "SW1A 1AA"
    assert sector("SE17AB") == "SE17"


@pytest.mark.parametrize(
    ("heading", "ward"),
    [
        ("pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish", "osward"),
        ("pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,lad25cd,wd25cd", "wd25cd"),
        ("\ufeffPCD7,PCD8,PCDS,DOINTR,DOTERM,LAD25CD,WD24CD,WD25CD", "wd25cd"),
        ("pcd,pcd2,pcds,dointr,doterm,usertype,laua,ward", "ward"),
    ],
)
def test_the_directory_s_columns_are_found_under_their_old_and_new_names(heading, ward):
    columns = directory_columns(heading.split(","))
    assert (columns.postcode, columns.ward_heading) == (2, ward)
    assert columns.ended is not None


@pytest.mark.parametrize(("heading", "says"), [("doterm,osward", "postcode column"), ("pcds,doterm", "ward column")])
def test_a_directory_without_a_column_says_which(heading, says):
    with pytest.raises(FileNotUsable, match=says):
        directory_columns(heading.split(","))


def test_a_postcode_with_a_month_of_ending_has_ended():
    columns = directory_columns(["pcds", "doterm", "osward"])
    assert directory_row(["SE1 7AB", "199606", "E05000001"], columns).has_ended
    assert not directory_row(["SE1 7AB", " ", "E05000001"], columns).has_ended
    assert directory_row(["SE1 7AB"], columns) is None
