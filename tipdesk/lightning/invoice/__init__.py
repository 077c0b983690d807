"""What a payee asks for: BOLT 11 invoices."""
