"""Highlighting: the pieces of the text get their styles, and the text stays the same."""

from wsc.ir.highlight import STYLES, highlight

TEXT = """\
%0:2 = "t.a"(%arg0)[^bb1] {k = #d.x<1>, s = "a %1", r = @f, n = -1.5e3 : f32} : (!d.t<2>) -> f32 loc("f":1:2)
// "t.a"() is not an operation here"""


def test_pieces_have_styles() -> None:
    text = highlight(TEXT)
    assert text.plain == TEXT
    pieces = {TEXT[span.start : span.end]: span.style for span in text.spans}
    wanted = {
        "%0:2": "value",
        '"t.a"': "operation",
        "^bb1": "block",
        "k": "key",
        "#d.x": "attribute",
        '"a %1"': "string",
        "@f": "symbol",
        "-1.5e3": "number",
        "f32": "type",
        "!d.t": "type",
        'loc("f":1:2)': "location",
        '// "t.a"() is not an operation here': "comment",
    }
    assert {piece: pieces.get(piece) for piece in wanted} == {p: STYLES[kind] for p, kind in wanted.items()}
    assert "%1" not in pieces


def test_names_of_operations_in_pretty_form() -> None:
    line = "    %h:2 = nn.relu %x {pe.start = 1.5 : f32, nn.model = @a.b}"
    for text in (line, "  nn.return", "nn.return @a", f"-{line}"):
        styled = highlight(text)
        names = [styled.plain[s.start : s.end] for s in styled.spans if s.style == STYLES["operation"]]
        assert names == ["nn.return" if "return" in text else "nn.relu"]
