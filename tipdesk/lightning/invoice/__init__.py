"""What a payee asks for: BOLT 11 invoices; BOLT 12 offers, requests, invoices and payer proofs.

BOLT 12, from what is read first: `bolt12_text` is the text, `bolt12_fields` the numbers of fields
and how each is read, `merkle` what is signed; `offer`, `invoice_request`, `bolt12` and
`payer_proof` are the documents, `invoice_error` the refusal. Each keeps the records it was read
from: what we do not know is mirrored, and counts in comparisons and signatures.
"""
