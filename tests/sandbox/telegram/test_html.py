"""The HTML parse mode, as Telegram documents and complains."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.telegram.entities import utf16
from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.html import parse_html


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>x</b>", "x", [entity("bold", 0, 1)]),
        ("<STRONG>x</strong>", "x", [entity("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s>", "a", [entity("strikethrough", 0, 1)]),
        ("<strike>a</strike>", "a", [entity("strikethrough", 0, 1)]),
        ("<del>a</del>", "a", [entity("strikethrough", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<code>a</code>", "a", [entity("code", 0, 1)]),
        ("<pre>a</pre>", "a", [entity("pre", 0, 1)]),
        (
            '<pre><code class="language-py">a</code></pre>',
            "a",
            [entity("pre", 0, 1, language="py")],
        ),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        (
            "<blockquote expandable>a</blockquote>",
            "a",
            [entity("expandable_blockquote", 0, 1)],
        ),
        (
            '<a href="https://youtu.be/x">🎵 a</a>',
            "🎵 a",
            [entity("text_link", 0, 4, url="https://youtu.be/x")],
        ),
        (
            "<a href='https://a.be/?x=1&amp;y=2'>a</a>",
            "a",
            [entity("text_link", 0, 1, url="https://a.be/?x=1&y=2")],
        ),
        ("<a>youtu.be</a>", "youtu.be", [entity("text_link", 0, 8, url="youtu.be")]),
        ("<a href=youtu.be>a</a>", "a", [entity("text_link", 0, 1, url="youtu.be")]),
        (
            "<b>a<i>b</i></b>",
            "ab",
            [entity("bold", 0, 2), entity("italic", 1, 1)],
        ),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [entity("bold", 0, 1)]),
        ("<b >x</b >", "x", [entity("bold", 0, 1)]),
        ("&lt;b&gt; &amp; &quot;", '<b> & "', []),
        ("&#9654; &#x25B6;", "▶ ▶", []),
        ("&lt b", "< b", []),
        ("&nbsp; & &; &#0; &#xD800; &#x110000;", "&nbsp; & &; &#0; &#xD800; &#x110000;", []),
    ],
)
def test_marks(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    """Marks become entities counted in UTF-16 units, references become characters."""
    parsed = parse_html(source)
    assert (text, entities) == (parsed.text, parsed.entities)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <3", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href=", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b>x</b i>", "Unclosed end tag at byte offset 4"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        (
            "<b expandable>x</b>",
            'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0',
        ),
        ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            '<span class="spoiler">x</span>',
            'Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
    ],
)
def test_complaints(source: str, complaint: str) -> None:
    """Bad marks are refused in Telegram's words, with offsets in bytes."""
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert (400, f"Bad Request: can't parse entities: {complaint}") == (
        caught.value.error_code,
        caught.value.description,
    )


@pytest.mark.parametrize(
    "url", ["nodots", "ftp://a.be", "https://a b.be", "javascript:x", "http://[x"]
)
def test_bad_link(url: str) -> None:
    """A link to no address vanishes, and is remarked on."""
    parsed = parse_html(f'<a href="{url}">x</a>')
    assert ([], [f"link to {url!r} dropped"]) == (parsed.entities, parsed.remarks)


def test_other_attributes() -> None:
    """Attributes without meaning are read over."""
    parsed = parse_html('<b title="x" class=\'y\'>a</b><code class="x">b</code>')
    assert [entity("bold", 0, 1), entity("code", 1, 1)] == parsed.entities


@given(st.text())
def test_escaped_text_survives(text: str) -> None:
    """Any escaped text comes out as it went in, without entities."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parsed = parse_html(escaped)
    assert (text, []) == (parsed.text, parsed.entities)


@given(st.text(alphabet="<>/&;=\"' abipre#x1", max_size=40))
def test_never_crashes(source: str) -> None:
    """Whatever is sent, the answer is a text with entities inside it, or a refusal."""
    try:
        parsed = parse_html(source)
    except ApiError:
        return
    assert all(e["offset"] + e["length"] <= utf16(parsed.text) for e in parsed.entities)
