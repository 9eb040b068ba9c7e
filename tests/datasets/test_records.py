import gzip

import pytest

from keras_seq.datasets import BadRecord, InputError
from keras_seq.datasets.records import LONGEST, format_of, records


@pytest.fixture
def write(tmp_path):
    def written(text, name):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


def rows(path, columns=(0, 1), header=False):
    return list(records(path, columns, header))


@pytest.mark.parametrize("name", ["a.tsv", "b.TSV.gz"])
def test_tabs_alone_separate_and_quotation_marks_are_text(write, name):
    path = write('"a, b\tx\r\nc "d" \ty\n', name)
    assert rows(path) == [(1, ['"a, b', "x"]), (2, ['c "d" ', "y"])]


def test_csv_has_quoted_fields_with_line_breaks(write):
    path = write('"a, ""b""\r\n\r\nc",x\r\nd,y\r\n', "a.csv")
    assert rows(path) == [(1, ['a, "b"\n\nc', "x"]), (4, ["d", "y"])]


def test_lines_of_json_are_objects(write):
    path = write('{"b": [1], "a": "x\\ny"}\n{"a": null, "b": 2, "c": 3}\n', "a.jsonl")
    assert rows(path, ("a", "b")) == [(1, ["x\ny", [1]]), (2, [None, 2])]


@pytest.mark.parametrize(("name", "row"), [("a.tsv", "a\tb"), ("a.csv", "a,b"), ("a.jsonl", '{"x": "a", "y": "b"}')])
def test_empty_lines_are_no_rows(write, name, row):
    columns = ("x", "y") if name == "a.jsonl" else (0, 1)
    assert rows(write(f"\n{row}\n\n\n{row}\n\n", name), columns) == [(2, ["a", "b"]), (5, ["a", "b"])]


@pytest.mark.parametrize(("name", "mark"), [("a.tsv", "\t"), ("a.csv", ",")])
def test_columns_by_name_or_by_number(write, name, mark):
    path = write("\n".join(mark.join(row) for row in ("abc", "123", "456")) + "\n", name)
    assert rows(path, ("c", "a"), header=True) == [(2, ["3", "1"]), (3, ["6", "4"])]
    assert rows(path, (-1, "b"), header=True) == [(2, ["3", "2"]), (3, ["6", "5"])]
    assert rows(path, (1, -3)) == [(1, ["b", "a"]), (2, ["2", "1"]), (3, ["5", "4"])]


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_a_field_may_be_a_million_characters_long(write, name):
    long = "x" * 1_000_000
    line = {"a.tsv": f"{long}\ty", "a.csv": f'"{long}",y', "a.jsonl": f'{{"t": "{long}", "l": "y"}}'}[name]
    assert rows(write(line, name), ("t", "l") if name == "a.jsonl" else (0, 1)) == [(1, [long, "y"])]


@pytest.mark.parametrize(
    ("name", "text", "header", "columns", "message"),
    [
        ("a.tsv", "a\tb\n\nc\n", False, (0, 1), ":3: expected 2 columns, got 1"),
        ("a.tsv", "a\tb\nc\td\te\n", False, (0, 1), ":2: expected 2 columns, got 3"),
        ("a.csv", 'a,b\n"c\nd"\n', False, (0, 1), ":2: expected 2 columns, got 1"),
        ("a.tsv", "a\tb\n", False, (0, 2), ":1: no column 2: expected -2 to 1, got 2 columns"),
        ("a.tsv", "a\tb\n", False, (0, -3), ":1: no column -3: expected -2 to 1, got 2 columns"),
        ("a.tsv", "a\tb\n", False, (1, -1), ":1: expected different columns, got 1, -1"),
        ("a.csv", "text,label\n", True, ("text", "class"), ":1: expected one column 'class', got text, label"),
        ("a.csv", "a,a\n", True, ("a",), ":1: expected one column 'a', got a, a"),
        ("a.csv", 'a,b\nc,"d\ne,f\n', False, (0, 1), ":2: expected CSV, got something else (unexpected end of data)"),
        ("a.csv", 'a,b\n"c"d,e\n', False, (0, 1), ":2: expected CSV, got something else (',' expected after '\"')"),
        ("a.jsonl", '{"a": 1}\n{"b": 1, "c": 2}\n', False, ("a",), ":2: expected a key 'a', got b, c"),
        ("a.jsonl", "[1, 2]\n", False, ("a",), ":1: expected a JSON object, got [1, 2]"),
        ("a.jsonl", '{"a": 1\n', False, ("a",), ":1: expected JSON, got something else (Expecting ',' delimiter)"),
        ("a.jsonl", "[" * 100_000, False, ("a",), ":1: expected JSON, got something else (maximum recursion"),
    ],
)
def test_a_mistake_has_file_and_line(write, name, text, header, columns, message):
    path = write(text, name)
    with pytest.raises(BadRecord) as caught:
        rows(path, columns, header)
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_quotation_mark_that_is_never_closed_does_not_fill_the_memory(write):
    path = write('a,b\n"' + "c\n" * (LONGEST // 2 + 10), "a.csv")
    with pytest.raises(BadRecord, match=r":2: expected CSV, got something else \(field larger than field limit"):
        rows(path)


@pytest.mark.parametrize(
    ("name", "column", "message"),
    [
        ("a.jsonl", 0, "column 0: expected a key, as lines of JSON have them"),
        ("a.tsv", "text", "column 'text': expected a number from 0, without a header"),
    ],
)
def test_names_and_numbers_need_what_they_count(write, name, column, message):
    with pytest.raises(InputError, match=f"{name}: {message}$"):
        rows(write("a\tb\n", name), (column,))


@pytest.mark.parametrize("name", ["a.txt", "a", "tsv", "a.gz", "a.tsv.zip"])
def test_another_ending_is_refused(name):
    with pytest.raises(InputError, match=rf"^{name}: expected a file that ends in \.tsv, \.csv or \.jsonl"):
        format_of(name)
