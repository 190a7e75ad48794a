"""The English words, which know only the sentences that a translator is given."""

from __future__ import annotations

import gettext

import pytest

from bot.render.i18n import Words
from tests.tools.catalogue import messages


class Given(gettext.NullTranslations):
    """Fails for a sentence that is not in the template: no language could have it."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {message.id for message in messages()}

    def gettext(self, message: str) -> str:
        assert message in self._known
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        assert (msgid1, msgid2) in self._known
        return super().ngettext(msgid1, msgid2, n)


@pytest.fixture(scope="session")
def words() -> Words:
    return Words("en", Given())
