"""The gettext catalogues, one folder a language; English is in the code itself."""
