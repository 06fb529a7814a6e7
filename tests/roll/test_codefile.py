import pytest

from pbudget.roll.codefile import (
    BatchUnderWay,
    CodeFile,
    CodeFileDamaged,
    CodeFileMissing,
    MadeCode,
    PassphraseWrong,
    make_passphrase,
)
from pbudget.roll.hashing import ScryptCost

CHEAP = ScryptCost(n=4, r=1)
ONE, TWO = MadeCode("7Q4K", "9XTM2BXP", "a" * 32), MadeCode("0001", "ABCDEFGH", "b" * 32)


@pytest.fixture
def passphrase():
    return make_passphrase()


@pytest.fixture
def file(tmp_path, passphrase):
    made = CodeFile(tmp_path / "letters" / "batch-1.codes")
    made.create(1, passphrase, CHEAP)
    return made


def test_codes_are_read_back_in_order_with_the_passphrase(file, passphrase):
    file.append([ONE])
    file.append([TWO])
    assert file.read(passphrase) == [ONE, TWO]
    assert file.read(passphrase.lower().replace("-", " ")) == [ONE, TWO], "a passphrase is typed like a code"


def test_another_passphrase_opens_nothing(file):
    file.append([ONE])
    with pytest.raises(PassphraseWrong):
        file.read(make_passphrase())


def test_neither_code_nor_entry_stands_in_the_file_in_clear(file):
    file.append([ONE])
    content = file.path.read_bytes()
    for trace in ONE:
        assert trace.encode() not in content


def test_only_the_service_can_look_into_folder_and_file(file):
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.parent.stat().st_mode & 0o777 == 0o700


def test_half_a_line_of_a_killed_writer_is_left_out_and_cut_off(file, passphrase):
    file.append([ONE])
    with file.path.open("a") as half:
        half.write("AAAA")
    assert file.read(passphrase) == [ONE]
    with file.held():
        file.append([TWO])
    assert file.read(passphrase) == [ONE, TWO]


def test_a_portion_that_was_changed_is_refused(file, passphrase):
    file.append([ONE])
    content = bytearray(file.path.read_bytes())
    content[-10] = ord("A") if content[-10] != ord("A") else ord("B")
    file.path.write_bytes(content)
    with pytest.raises(CodeFileDamaged):
        file.read(passphrase)


def test_a_portion_of_another_batch_does_not_fit(tmp_path, file, passphrase):
    other = CodeFile(tmp_path / "letters" / "batch-2.codes")
    other.create(2, passphrase, CHEAP)
    other.append([TWO])
    with file.path.open("ab") as into:
        into.write(other.path.read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(CodeFileDamaged):
        file.read(passphrase)


def test_two_processes_never_fill_the_same_file(file):
    with file.held(), pytest.raises(BatchUnderWay), CodeFile(file.path).held():
        pass


def test_a_file_that_is_gone_says_so(file, passphrase):
    file.remove()
    file.remove()
    for use in (lambda: file.read(passphrase), lambda: file.append([ONE])):
        with pytest.raises(CodeFileMissing, match="not on this machine any more"):
            use()


def test_a_passphrase_has_a_hundred_bits_and_is_never_the_same():
    assert len({make_passphrase() for _ in range(100)}) == 100
    assert len(make_passphrase().replace("-", "")) == 20
