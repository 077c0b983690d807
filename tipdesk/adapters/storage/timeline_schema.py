"""The one history in SQL: a table that triggers keep equal to what the other tables say.

The truth stays where it was: tips with their bills and settlements, tips that came in, the
wallet's payments; notes on tips that came in are the desk's. New here are `settled_rates`,
`line_notes` and `channel_history`. The views say how each becomes a line, `timeline_sources` how
all of them do; `timeline` is that view written down, with indexes. Triggers write it in the commit
of what it tells of, so that neither can be there without the other.

The rate of a settlement is taken from `rate_now` by the trigger that sees it settle: only if it
held at that moment, and only then; what settled without one stays without.
"""

from typing import Final

from tipdesk.tips.fiat import MAX_PRICE

_COLUMNS = (
    "origin", "key", "kind", "state", "at_ms", "person", "post", "payment_hash", "receipt",
    "channel_id", "amount_msat", "fee_msat", "text", "note", "currency", "digits", "price",
    "source", "rate_at_ms", "received_at_ms", "amount_minor", "fee_minor",
)  # fmt: skip
_RATE_COLUMNS = """r.currency, r.digits, r.price, r.source, r.rate_at_ms, r.received_at_ms,
    r.amount_minor, r.fee_minor"""
MOST_MSAT: Final = 9 * 10**12
"""Above it no fiat amount is stored: 64 bits would not hold the product with a price."""


def _hex(column: str) -> str:
    return f"nullif(lower(hex({column})), '')"


def _rate_of(origin: str, key: str) -> str:
    return f"LEFT JOIN settled_rates r ON r.origin = '{origin}' AND r.key = {key}"


def beside(origin: str, key: str) -> str:
    """The joins of a line with its rate and its note."""
    return f"""{_rate_of(origin, key)}
    LEFT JOIN line_notes n ON n.origin = '{origin}' AND n.key = {key}"""


def _zap(name: str) -> str:
    """A member of a zap request. Of two that share a name the last counts, as in Python."""
    return f"""CASE WHEN json_valid(i.zap_request) THEN (
        SELECT value FROM json_each(i.zap_request) WHERE key = '{name}' ORDER BY id DESC LIMIT 1
    ) END"""


_ZAPPED_POST = f"""(
        SELECT json_extract(tag.value, '$[1]') FROM json_each({_zap("tags")}) tag
        WHERE CASE tag.type WHEN 'array' THEN json_extract(tag.value, '$[0]') END = 'e' LIMIT 1
    )"""

_TAGGED_ANONYMOUS = f"""EXISTS (
        SELECT 1 FROM json_each({_zap("tags")}) tag
        WHERE CASE tag.type WHEN 'array' THEN json_extract(tag.value, '$[0]') END = 'anon'
    )"""
"""Signed with a key made for that tip: it is nobody's."""

_VIEWS = f"""
CREATE VIEW tip_lines AS SELECT 'tip' AS origin, t.tip_id AS key, 'TIP_SENT' AS kind,
    CASE WHEN t.status IN ('PAID', 'RECEIPT_SEEN') THEN 'SETTLED'
        WHEN t.status IN ('FAILED', 'CANCELLED') THEN t.status ELSE 'UNDER_WAY' END AS state,
    coalesce(s.settled_at_ms, t.created_at_ms) AS at_ms,
    {_hex("t.recipient")} AS person, {_hex("t.event_id")} AS post,
    b.payment_hash AS payment_hash, {_hex("t.receipt")} AS receipt, NULL AS channel_id,
    t.amount_msat AS amount_msat, s.fee_msat AS fee_msat, t.comment AS text,
    coalesce(n.note, '') AS note, {_RATE_COLUMNS}
FROM tips t LEFT JOIN tip_bills b ON b.tip_id = t.tip_id
    LEFT JOIN tip_settlements s ON s.tip_id = t.tip_id {beside("tip", "t.tip_id")};
CREATE VIEW incoming_lines AS SELECT 'incoming' AS origin, i.payment_hash AS key,
    'TIP_RECEIVED' AS kind, 'SETTLED' AS state, i.settled_at_ms AS at_ms,
    CASE WHEN {_TAGGED_ANONYMOUS} THEN NULL ELSE {_zap("pubkey")} END AS person,
    {_ZAPPED_POST} AS post, i.payment_hash AS payment_hash,
    CASE WHEN json_valid(i.receipt) THEN json_extract(i.receipt, '$.id') END AS receipt,
    NULL AS channel_id, i.received_msat AS amount_msat, NULL AS fee_msat,
    coalesce({_zap("content")}, i.comment) AS text, coalesce(n.note, '') AS note, {_RATE_COLUMNS}
FROM incoming_tips i {_rate_of("incoming", "i.payment_hash")}
    LEFT JOIN desk_notes n ON n.payment_hash = i.payment_hash WHERE i.settled_at_ms IS NOT NULL;
CREATE VIEW wallet_lines AS SELECT 'wallet' AS origin, h.payment_hash AS key,
    CASE h.direction WHEN 'IN' THEN 'PAYMENT_RECEIVED' ELSE 'PAYMENT_SENT' END AS kind,
    CASE h.state WHEN 'SUCCEEDED' THEN 'SETTLED' WHEN 'FAILED' THEN 'FAILED'
        ELSE 'UNDER_WAY' END AS state,
    h.at_ms AS at_ms, NULL AS person, NULL AS post, h.payment_hash AS payment_hash,
    NULL AS receipt, NULL AS channel_id, h.amount_msat AS amount_msat, h.fee_msat AS fee_msat,
    h.description AS text, coalesce(n.note, '') AS note, {_RATE_COLUMNS}
FROM wallet_history h {beside("wallet", "h.payment_hash")}
WHERE h.state NOT IN ('WAITING', 'EXPIRED');
CREATE VIEW channel_lines AS SELECT 'channel' AS origin, c.key AS key, c.kind AS kind,
    'SETTLED' AS state, c.at_ms AS at_ms, NULL AS person, NULL AS post, NULL AS payment_hash,
    NULL AS receipt, c.channel_id AS channel_id, c.amount_msat AS amount_msat, NULL AS fee_msat,
    trim(c.name || ' ' || lower(hex(c.peer))) AS text, coalesce(n.note, '') AS note,
    {_RATE_COLUMNS}
FROM channel_history c {beside("channel", "c.key")};
CREATE VIEW timeline_sources AS SELECT * FROM tip_lines UNION ALL SELECT * FROM incoming_lines
    UNION ALL SELECT * FROM wallet_lines UNION ALL SELECT * FROM channel_lines;
"""

_TABLES = f"""
CREATE TABLE rate_now (
    one INTEGER PRIMARY KEY CHECK (one = 1), currency TEXT NOT NULL, digits INTEGER NOT NULL,
    price INTEGER NOT NULL CHECK (price BETWEEN 1 AND {MAX_PRICE}), source TEXT NOT NULL,
    rate_at_ms INTEGER NOT NULL, received_at_ms INTEGER NOT NULL,
    from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL
);
CREATE TABLE settled_rates (
    origin TEXT NOT NULL, key BLOB NOT NULL, currency TEXT NOT NULL, digits INTEGER NOT NULL,
    price INTEGER NOT NULL, source TEXT NOT NULL, rate_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL, amount_minor INTEGER NOT NULL, fee_minor INTEGER,
    PRIMARY KEY (origin, key)
) WITHOUT ROWID;
CREATE TABLE line_notes (
    origin TEXT NOT NULL, key BLOB NOT NULL, note TEXT NOT NULL, PRIMARY KEY (origin, key)
) WITHOUT ROWID;
CREATE TABLE channel_history (
    key BLOB PRIMARY KEY, channel_id BLOB NOT NULL, kind TEXT NOT NULL, at_ms INTEGER NOT NULL,
    peer BLOB NOT NULL, name TEXT NOT NULL, amount_msat INTEGER
);
CREATE TABLE timeline (
    number INTEGER PRIMARY KEY, origin TEXT NOT NULL, key BLOB NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL, at_ms INTEGER NOT NULL, person TEXT, post TEXT, payment_hash BLOB,
    receipt TEXT, channel_id BLOB, amount_msat INTEGER, fee_msat INTEGER, text TEXT NOT NULL,
    note TEXT NOT NULL, currency TEXT, digits INTEGER, price INTEGER, source TEXT,
    rate_at_ms INTEGER, received_at_ms INTEGER, amount_minor INTEGER, fee_minor INTEGER,
    UNIQUE (origin, key)
);
CREATE INDEX timeline_by_time ON timeline (at_ms, number, kind, state, amount_msat);
CREATE INDEX timeline_by_person ON timeline (person, at_ms, number) WHERE person IS NOT NULL;
CREATE INDEX timeline_by_post ON timeline (post, at_ms, number) WHERE post IS NOT NULL;
CREATE INDEX timeline_by_hash ON timeline (payment_hash) WHERE payment_hash IS NOT NULL;
CREATE INDEX timeline_sums ON timeline (
    state, kind, currency, digits, at_ms, amount_msat, fee_msat, amount_minor, fee_minor
);
"""


def refresh(view: str, key: str) -> str:
    """Writes down the line of one source row again, if it is another one."""
    columns, rest = ", ".join(_COLUMNS), _COLUMNS[2:]
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    before = ", ".join(f"timeline.{name}" for name in rest)
    after = ", ".join(f"excluded.{name}" for name in rest)
    return (
        f"INSERT INTO timeline ({columns}) SELECT {columns} FROM {view} WHERE key = {key} "
        f"ON CONFLICT (origin, key) DO UPDATE SET {changes} WHERE ({before}) IS NOT ({after});"
    )


def fiat_sql(msat: str) -> str:
    """`Rate.to_fiat` in whole numbers of 64 bits: the product is split at a million."""
    high, low = f"({msat} / 1000000)", f"({msat} % 1000000)"
    return (
        f"({high} * price / 100000 + "
        f"({high} * price % 100000 * 1000000 + {low} * price + 50000000000) / 100000000000)"
    )


def take_rate(origin: str, key: str, *, amount: str, fee: str, at: str, when: str = "true") -> str:
    """Keeps the rate that held at the moment of settling, once."""
    return f"""INSERT INTO settled_rates SELECT '{origin}', {key}, currency, digits, price, source,
        rate_at_ms, received_at_ms, {fiat_sql(amount)}, {fiat_sql(fee)}
    FROM rate_now WHERE {when} AND {at} >= from_ms AND {at} < until_ms
        AND {amount} BETWEEN 0 AND {MOST_MSAT} AND coalesce({fee}, 0) BETWEEN 0 AND {MOST_MSAT}
        AND NOT EXISTS (SELECT 1 FROM settled_rates WHERE origin = '{origin}' AND key = {key});"""


def _not_settled_yet(origin: str, key: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM timeline WHERE origin = '{origin}' AND key = {key} "
        "AND state = 'SETTLED')"
    )


def trigger(name: str, when: str, *body: str) -> str:
    """What is done after a row came, moved or went."""
    return f"CREATE TRIGGER {name} AFTER {when} BEGIN {' '.join(body)} END;"


def _forget(origin: str, key: str) -> str:
    return f"DELETE FROM timeline WHERE origin = '{origin}' AND key = {key};"


_TIP = refresh("tip_lines", "NEW.tip_id")
_TIP_RATE = take_rate(
    "tip", "NEW.tip_id", amount="NEW.amount_msat", fee="NEW.fee_msat", at="NEW.settled_at_ms"
)
_INCOMING = refresh("incoming_lines", "NEW.payment_hash")
_INCOMING_RATE = take_rate(
    "incoming",
    "NEW.payment_hash",
    amount="NEW.received_msat",
    fee="NULL",
    at="NEW.settled_at_ms",
    when=_not_settled_yet("incoming", "NEW.payment_hash"),
)
_WALLET = refresh("wallet_lines", "NEW.payment_hash")
_WALLET_RATE = take_rate(
    "wallet",
    "NEW.payment_hash",
    amount="NEW.amount_msat",
    fee="NEW.fee_msat",
    at="NEW.at_ms",
    when="NEW.state = 'SUCCEEDED' AND " + _not_settled_yet("wallet", "NEW.payment_hash"),
)
_NOTE = " ".join(
    refresh(view, f"NEW.key AND NEW.origin = '{origin}'")
    for origin, view in (
        ("tip", "tip_lines"),
        ("wallet", "wallet_lines"),
        ("channel", "channel_lines"),
    )
)
_TRIGGERS = "\n".join(
    (
        trigger("line_of_tip", "INSERT ON tips", _TIP),
        trigger("line_of_moved_tip", "UPDATE ON tips", _TIP),
        trigger("line_of_billed_tip", "INSERT ON tip_bills", _TIP),
        trigger("line_of_settled_tip", "INSERT ON tip_settlements", _TIP_RATE, _TIP),
        trigger("line_of_no_tip", "DELETE ON tips", _forget("tip", "OLD.tip_id")),
        trigger(
            "line_of_incoming",
            "INSERT ON incoming_tips WHEN NEW.settled_at_ms IS NOT NULL",
            _INCOMING_RATE,
            _INCOMING,
        ),
        trigger(
            "line_of_moved_incoming",
            "UPDATE ON incoming_tips WHEN NEW.settled_at_ms IS NOT NULL",
            _INCOMING_RATE,
            _INCOMING,
        ),
        trigger(
            "line_of_no_incoming",
            "DELETE ON incoming_tips WHEN OLD.settled_at_ms IS NOT NULL",
            _forget("incoming", "OLD.payment_hash"),
        ),
        trigger("line_of_payment", "INSERT ON wallet_history", _WALLET_RATE, _WALLET),
        trigger("line_of_moved_payment", "UPDATE ON wallet_history", _WALLET_RATE, _WALLET),
        trigger(
            "line_of_no_payment",
            "DELETE ON wallet_history",
            _forget("wallet", "OLD.payment_hash"),
        ),
        trigger(
            "line_of_channel", "INSERT ON channel_history", refresh("channel_lines", "NEW.key")
        ),
        trigger(
            "line_of_unpaid_incoming",
            "INSERT ON incoming_tips WHEN NEW.settled_at_ms IS NULL",
            _forget("incoming", "NEW.payment_hash"),
        ),
        trigger(
            "line_of_unpaid_invoice",
            "INSERT ON wallet_history WHEN NEW.state IN ('WAITING', 'EXPIRED')",
            _forget("wallet", "NEW.payment_hash"),
        ),
        trigger("line_noted_at_desk", "INSERT ON desk_notes", _INCOMING),
        trigger("line_noted_again_at_desk", "UPDATE ON desk_notes", _INCOMING),
        trigger(
            "line_not_noted_at_desk",
            "DELETE ON desk_notes",
            refresh("incoming_lines", "OLD.payment_hash"),
        ),
        trigger("line_noted", "INSERT ON line_notes", _NOTE),
        trigger("line_noted_again", "UPDATE ON line_notes", _NOTE),
    )
)

_FILL = ", ".join(_COLUMNS)
TIMELINE_SCHEMA: Final = (
    f"{_TABLES}{_VIEWS}{_TRIGGERS}"
    f"INSERT INTO timeline ({_FILL}) SELECT {_FILL} FROM timeline_sources ORDER BY at_ms"
)
"""A migration for `MoneyDatabase`, after `DESK_SCHEMA`. What is there already is written down."""

WORDS_SCHEMA: Final = """
CREATE VIRTUAL TABLE IF NOT EXISTS timeline_words USING fts5 (
    text, note, content = 'timeline', content_rowid = 'number',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER timeline_words_new AFTER INSERT ON timeline BEGIN
    INSERT INTO timeline_words (rowid, text, note) VALUES (NEW.number, NEW.text, NEW.note);
END;
CREATE TRIGGER timeline_words_gone AFTER DELETE ON timeline BEGIN
    INSERT INTO timeline_words (timeline_words, rowid, text, note)
    VALUES ('delete', OLD.number, OLD.text, OLD.note);
END;
CREATE TRIGGER timeline_words_other AFTER UPDATE OF text, note ON timeline
WHEN OLD.text IS NOT NEW.text OR OLD.note IS NOT NEW.note BEGIN
    INSERT INTO timeline_words (timeline_words, rowid, text, note)
    VALUES ('delete', OLD.number, OLD.text, OLD.note);
    INSERT INTO timeline_words (rowid, text, note) VALUES (NEW.number, NEW.text, NEW.note);
END;
INSERT INTO timeline_words (timeline_words) VALUES ('rebuild')
"""
"""The words of the history, where SQLite has FTS5. It can be made again at any time."""
WORDS_TRIGGERS: Final = ("timeline_words_new", "timeline_words_gone", "timeline_words_other")
