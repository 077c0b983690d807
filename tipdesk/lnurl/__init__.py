"""Layer 3: LNURL (LUD-01, 06, 09, 12, 16, 17), pure: what is asked, what was answered, is it right.

Fetching is for `ports.http.HttpClient`. Whatever a server answers, nothing here moves money; the
check of an invoice before it is paid is `check.check_invoice`.
"""
