"""What a certificate says and how it is drawn: frozen dataclasses in, bytes or JSON out.

Here belong the facts of a certificate, its code, its QR, its fonts, its designs and the files made of them.
What may never enter: a request, a database row, a setting, a clock, the network, or an import of `lms`.
"""
