"""Texts are found wherever they stand, and a text without English fails the check."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from opop_expo.management.commands import update_messages

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.shown_alike

MODELS = """
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

class Stand:
    code = Field(_("kode"), help_text=_("tercetak " "di papan"))

def label(n):
    return ngettext("%(n)d stan", "%(n)d stan-stan", n) + pgettext("hari", "buka")
"""

PAGE = """
<ul>
    {% for stand in stands %}
        <li title="{% translate "Stan pameran" %}">{{ stand.name|default:_("tanpa nama") }}</li>
      {% translate 'Simpan' context "tombol" as save %}
    {% endfor %}
</ul>
{% blocktranslate count n=stands|length trimmed %}
    {{ n }} barang
    dijual
{% plural %}
    {{ n }} barang-barang dijual
{% endblocktranslate %}
{% blocktranslate with name=x context "harga" %}Diskon 10% dari {{ name }}{% endblocktranslate %}
{% include "x.html" with title=_("Judul") %}
it's "quoted" (and open
{% comment %}{% translate "Tidak dipakai" %}{% endcomment %}
"""

COLLECTED = """\
#: stands/models.py
#, python-format
msgid "%(n)d stan"
msgid_plural "%(n)d stan-stan"
msgstr[0] ""
msgstr[1] ""

#: templates/stands/page.html
#, python-format
msgid "%(n)s barang dijual"
msgid_plural "%(n)s barang-barang dijual"
msgstr[0] ""
msgstr[1] ""

#: templates/stands/page.html
#, python-format
msgctxt "harga"
msgid "Diskon 10%% dari %(name)s"
msgstr ""

#: templates/stands/page.html
msgid "Judul"
msgstr ""

#: templates/stands/page.html
msgctxt "tombol"
msgid "Simpan"
msgstr ""

#: templates/stands/page.html
msgid "Stan pameran"
msgstr ""

#: stands/models.py
msgctxt "hari"
msgid "buka"
msgstr ""

#: stands/models.py
msgid "kode"
msgstr ""

#: templates/stands/page.html
msgid "tanpa nama"
msgstr ""

#: stands/models.py
msgid "tercetak di papan"
msgstr ""
"""


@pytest.fixture
def project(tmp_path: Path, settings: Settings) -> Path:
    """A small project whose texts are to be collected."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "stands").mkdir()
    (tmp_path / "stands" / "models.py").write_text(MODELS)
    (tmp_path / "templates" / "stands").mkdir(parents=True)
    (tmp_path / "templates" / "stands" / "page.html").write_text(PAGE)
    return tmp_path


def catalogue(project: Path) -> Path:
    return project / "locale" / "en" / "LC_MESSAGES" / "django.po"


def update(*, check: bool = False) -> str:
    out = StringIO()
    call_command("update_messages", check=check, stdout=out)
    return out.getvalue()


def translate_all(project: Path) -> None:
    """Give each text itself for its English, with a word more where it speaks of many."""
    path = catalogue(project)
    lines = []
    msgid = ""
    for line in path.read_text().splitlines():
        if line.startswith('msgid "'):
            msgid = line.removeprefix("msgid ")
        if line in ('msgstr ""', 'msgstr[0] ""', 'msgstr[1] ""') and msgid != '""':
            many = ' each"' if line.startswith("msgstr[1]") else '"'
            line = line.removesuffix('""') + msgid.removesuffix('"') + many
        lines.append(line)
    path.write_text("\n".join(lines) + "\n")


def test_texts_are_collected_from_python_and_templates(project: Path) -> None:
    update()

    assert catalogue(project).read_text().partition("\n\n")[2] == COLLECTED


def test_untranslated_text_fails_the_check(project: Path) -> None:
    update()

    with pytest.raises(CommandError, match="not translated: 'kode'"):
        update(check=True)


def test_complete_catalogue_passes_the_check(project: Path) -> None:
    update()
    translate_all(project)

    assert update(check=True) == "All 10 texts are translated.\n"


def test_translations_are_kept_and_the_file_stays_the_same(project: Path) -> None:
    update()
    translate_all(project)
    before = catalogue(project).read_text()
    page = project / "templates" / "stands" / "page.html"
    page.write_text("\n\n\n" + page.read_text())

    update()

    assert catalogue(project).read_text() == before


def test_new_text_fails_the_check_until_collected(project: Path) -> None:
    update()
    translate_all(project)
    (project / "stands" / "views.py").write_text('title = _("Baru sekali")\n')

    with pytest.raises(CommandError, match="not collected: 'Baru sekali'"):
        update(check=True)


def test_text_that_went_fails_the_check_and_is_dropped(project: Path) -> None:
    update()
    translate_all(project)
    (project / "stands" / "models.py").unlink()

    with pytest.raises(CommandError, match="no longer used: 'kode'"):
        update(check=True)
    update()

    assert '"kode"' not in catalogue(project).read_text()
    assert update(check=True) == "All 6 texts are translated.\n"


def test_fuzzy_translation_fails_the_check(project: Path) -> None:
    update()
    translate_all(project)
    path = catalogue(project)
    path.write_text(path.read_text().replace('msgid "kode"', '#, fuzzy\nmsgid "kode"'))

    with pytest.raises(CommandError, match="marked fuzzy: 'kode'"):
        update(check=True)


def test_translation_with_another_placeholder_fails_the_check(project: Path) -> None:
    update()
    translate_all(project)
    path = catalogue(project)
    path.write_text(
        path.read_text().replace('msgstr[1] "%(n)d stan each"', 'msgstr[1] "%(m)d stalls"')
    )

    with pytest.raises(CommandError, match=r"unknown named placeholder 'm'.*'%\(n\)d stan'"):
        update(check=True)


def test_one_thing_spoken_of_as_many_fails_the_check(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update()
    translate_all(project)
    path = catalogue(project)
    path.write_text(path.read_text().replace("%(n)d stan each", "%(n)d stan"))

    with pytest.raises(CommandError, match=r"\(1\):\n  one said as many: '%\(n\)d stan'\n"):
        update(check=True)

    monkeypatch.setattr(update_messages, "ALIKE", {"%(n)d stan"})
    assert update(check=True) == "All 10 texts are translated.\n"


def test_text_that_gets_a_plural_loses_its_translation(project: Path) -> None:
    update()
    translate_all(project)
    (project / "stands" / "models.py").write_text(MODELS + '\nngettext("kode", "kode-kode", 2)\n')
    update()

    with pytest.raises(CommandError, match="not translated: 'kode'"):
        update(check=True)


def test_broken_template_is_named(project: Path) -> None:
    (project / "templates" / "stands" / "page.html").write_text(
        "{% blocktranslate %}{% if x %}{% endif %}{% endblocktranslate %}"
    )

    with pytest.raises(SyntaxError, match=r"page\.html"):
        update()
