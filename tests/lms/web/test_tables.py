"""A table of many columns tells each cell its column's title, so that a row can stand as a block on a phone."""

from markupsafe import Markup

from lms.web.text import titled

ROWS = Markup(
    '<tr><th scope="row">A</th><td><strong>1</strong></td><td class="x">2</td></tr>\n'
    "<tr><td>B</td><td></td><td><time>3</time></td></tr>"
)


def test_every_cell_has_the_title_of_its_column():
    assert titled(ROWS, ["Name", 'The "first"', "Second & last"]) == (
        '<tr><th scope="row">A</th><td data-title="The &#34;first&#34;"><strong>1</strong></td>'
        '<td data-title="Second &amp; last" class="x">2</td></tr>\n'
        '<tr><td data-title="Name">B</td><td data-title="The &#34;first&#34;"></td>'
        '<td data-title="Second &amp; last"><time>3</time></td></tr>'
    )


def test_a_cell_too_many_has_no_title():
    assert titled(Markup("<tr><td>1</td><td>2</td></tr>"), ["One"]) == (
        '<tr><td data-title="One">1</td><td data-title="">2</td></tr>'
    )
