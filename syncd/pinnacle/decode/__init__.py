"""Decoding of 2xx bodies: bytes to values, in every spelling seen since 2017.

Every decoder raises `BadPayloadError` for a body that is garbled, cut or impossible. A list that the
body does not have, or a body that is empty, decodes to an empty list.
"""
