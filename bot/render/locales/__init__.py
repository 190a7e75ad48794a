"""The gettext catalogues, one folder a language; English is in the code itself.

`make docs` brings them up to the code's sentences. `bot.render.i18n`, where to begin, reads them.
"""
