"""Everything a person reads: views become text, buttons and files. Pure.

The only place that writes and escapes sentences, each of them through the catalogue of a language
(`i18n`, `locales`). Begin with `listing` and `card`; `problems` has a sentence for all that can be
in the way, `quota` those about the allowance, `callback_data` what a button sends back. Imports of
`resolve` and what is below it only what does no I/O, and never `jobs`, which does not import it
either.
"""
