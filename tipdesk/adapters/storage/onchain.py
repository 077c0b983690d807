"""`SentOnchainStore` over `money.db`: what went and came on chain, as lines of the one history."""

from typing import Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.timeline_schema import beside, refresh, take_rate, trigger
from tipdesk.base.clock import Instant
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.lightning.channel.terms import channel_id_of
from tipdesk.ports.stores_tips import Arrival
from tipdesk.ports.wallet import ArrivedTx

_LINE: Final = refresh("onchain_lines", "NEW.txid")
_RATE: Final = take_rate(
    "onchain",
    "NEW.txid",
    amount="NEW.amount_msat",
    fee="NEW.fee_msat",
    at="NEW.at_ms",
    when="NEW.state = 'SETTLED'",
)
_NOTED: Final = refresh("onchain_lines", "NEW.key AND NEW.origin = 'onchain'")

ONCHAIN_SCHEMA: Final = f"""
CREATE TABLE onchain_sends (
    txid BLOB PRIMARY KEY, shown TEXT NOT NULL, address TEXT NOT NULL,
    amount_msat INTEGER NOT NULL CHECK (amount_msat >= 0),
    fee_msat INTEGER NOT NULL CHECK (fee_msat >= 0),
    state TEXT NOT NULL CHECK (state IN ('UNDER_WAY', 'SETTLED', 'FAILED')),
    at_ms INTEGER NOT NULL
);
CREATE VIEW onchain_lines AS SELECT 'onchain' AS origin, o.txid AS key, 'ONCHAIN_SENT' AS kind,
    o.state AS state, o.at_ms AS at_ms, NULL AS person, NULL AS post, NULL AS payment_hash,
    NULL AS receipt, NULL AS channel_id, o.amount_msat AS amount_msat,
    CASE WHEN o.state = 'SETTLED' THEN o.fee_msat END AS fee_msat,
    o.address || ' ' || o.shown AS text, coalesce(n.note, '') AS note, r.currency, r.digits,
    r.price, r.source, r.rate_at_ms, r.received_at_ms, r.amount_minor, r.fee_minor
FROM onchain_sends o {beside("onchain", "o.txid")};
DROP VIEW timeline_sources;
CREATE VIEW timeline_sources AS SELECT * FROM tip_lines UNION ALL SELECT * FROM incoming_lines
    UNION ALL SELECT * FROM wallet_lines UNION ALL SELECT * FROM channel_lines
    UNION ALL SELECT * FROM onchain_lines;
{trigger("line_of_send", "INSERT ON onchain_sends", _RATE, _LINE)}
{trigger("line_of_moved_send", "UPDATE ON onchain_sends", _RATE, _LINE)}
{trigger("line_noted_on_chain", "INSERT ON line_notes", _NOTED)}
{trigger("line_noted_again_on_chain", "UPDATE ON line_notes", _NOTED)}
"""
"""A migration for `MoneyDatabase`, after `TIMELINE_SCHEMA`."""

_DEPOSIT: Final = refresh("deposit_lines", "NEW.txid")
_DEPOSIT_RATE: Final = take_rate(
    "deposit",
    "NEW.txid",
    amount="NEW.amount_msat",
    fee="NULL",
    at="NEW.at_ms",
    when="NEW.state = 'SETTLED'",
)
_DEPOSIT_NOTED: Final = refresh("deposit_lines", "NEW.key AND NEW.origin = 'deposit'")

DEPOSITS_SCHEMA: Final = f"""
CREATE TABLE onchain_arrivals (
    txid BLOB PRIMARY KEY, shown TEXT NOT NULL, address TEXT NOT NULL,
    amount_msat INTEGER NOT NULL CHECK (amount_msat >= 0),
    state TEXT NOT NULL CHECK (state IN ('UNDER_WAY', 'SETTLED', 'CANCELLED', 'NO_DEPOSIT')),
    at_ms INTEGER NOT NULL
);
CREATE TABLE onchain_begun (one INTEGER PRIMARY KEY CHECK (one = 1), at_ms INTEGER NOT NULL);
CREATE VIEW deposit_lines AS SELECT 'deposit' AS origin, o.txid AS key,
    'ONCHAIN_RECEIVED' AS kind, o.state AS state, o.at_ms AS at_ms, NULL AS person,
    NULL AS post, NULL AS payment_hash, NULL AS receipt, NULL AS channel_id,
    o.amount_msat AS amount_msat, NULL AS fee_msat, o.address || ' ' || o.shown AS text,
    coalesce(n.note, '') AS note, r.currency, r.digits, r.price, r.source, r.rate_at_ms,
    r.received_at_ms, r.amount_minor, r.fee_minor
FROM onchain_arrivals o {beside("deposit", "o.txid")} WHERE o.state <> 'NO_DEPOSIT';
DROP VIEW timeline_sources;
CREATE VIEW timeline_sources AS SELECT * FROM tip_lines UNION ALL SELECT * FROM incoming_lines
    UNION ALL SELECT * FROM wallet_lines UNION ALL SELECT * FROM channel_lines
    UNION ALL SELECT * FROM onchain_lines UNION ALL SELECT * FROM deposit_lines;
{trigger("line_of_arrival", "INSERT ON onchain_arrivals", _DEPOSIT_RATE, _DEPOSIT)}
{trigger("line_of_moved_arrival", "UPDATE ON onchain_arrivals", _DEPOSIT_RATE, _DEPOSIT)}
{trigger("line_noted_on_arrival", "INSERT ON line_notes", _DEPOSIT_NOTED)}
{trigger("line_noted_again_on_arrival", "UPDATE ON line_notes", _DEPOSIT_NOTED)}
"""
"""A migration for `MoneyDatabase`, after `ONCHAIN_SCHEMA`."""


class MoneySentOnchainStore:
    """See `SentOnchainStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def begun(self, txid: Txid, address: str, amount: Sat, fee: Sat, at: Instant) -> None:
        """See `SentOnchainStore.begun`."""
        self._db.write(
            "INSERT INTO onchain_sends VALUES (?, ?, ?, ?, ?, 'UNDER_WAY', ?) "
            "ON CONFLICT (txid) DO NOTHING",
            (bytes(txid), str(txid), address, amount.to_msat().value, fee.to_msat().value, at.ms),
        )
        self._db.commit()

    def settled(self, txid: Txid, amount: Sat, fee: Sat, at: Instant) -> None:
        """See `SentOnchainStore.settled`."""
        self._db.write(
            "UPDATE onchain_sends SET state = 'SETTLED', amount_msat = ?, fee_msat = ?, at_ms = ? "
            "WHERE txid = ? AND state = 'UNDER_WAY'",
            (amount.to_msat().value, fee.to_msat().value, at.ms, bytes(txid)),
        )
        self._db.commit()

    def refused(self, txid: Txid) -> None:
        """See `SentOnchainStore.refused`."""
        self._db.write(
            "UPDATE onchain_sends SET state = 'FAILED' WHERE txid = ? AND state = 'UNDER_WAY'",
            (bytes(txid),),
        )
        self._db.commit()

    def under_way(self) -> tuple[Txid, ...]:
        """See `SentOnchainStore.under_way`."""
        rows = self._db.read("SELECT txid FROM onchain_sends WHERE state = 'UNDER_WAY'")
        return tuple(Txid(txid) for (txid,) in rows)


class MoneyArrivalStore:
    """See `ArrivalStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def begun(self, now: Instant) -> Instant:
        """See `ArrivalStore.begun`."""
        self._db.write("INSERT INTO onchain_begun VALUES (1, ?) ON CONFLICT DO NOTHING", (now.ms,))
        ((at_ms,),) = self._db.read("SELECT at_ms FROM onchain_begun")
        self._db.commit()
        return Instant(at_ms)

    def states(self) -> dict[Txid, Arrival]:
        """See `ArrivalStore.states`."""
        rows = self._db.read("SELECT txid, state FROM onchain_arrivals")
        return {Txid(txid): Arrival[state] for txid, state in rows}

    def put(self, tx: ArrivedTx, state: Arrival, at: Instant) -> None:
        """See `ArrivalStore.put`."""
        self._db.write(
            "INSERT INTO onchain_arrivals VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (txid) DO UPDATE "
            "SET state = excluded.state, at_ms = excluded.at_ms "
            "WHERE 'NO_DEPOSIT' NOT IN (state, excluded.state)",
            (
                bytes(tx.txid),
                str(tx.txid),
                tx.address,
                tx.amount.to_msat().value,
                state.name,
                at.ms,
            ),
        )
        self._db.commit()

    def is_gone(self, txid: Txid) -> None:
        """See `ArrivalStore.is_gone`."""
        self._db.write(
            "UPDATE onchain_arrivals SET state = 'CANCELLED' "
            "WHERE txid = ? AND state = 'UNDER_WAY'",
            (bytes(txid),),
        )
        self._db.commit()

    def is_of_channel(self, outpoint: OutPoint) -> bool:
        """See `ArrivalStore.is_of_channel`."""
        rows = self._db.read(
            "SELECT 1 FROM channels WHERE channel_id = ? UNION ALL "
            "SELECT 1 FROM claims WHERE txid = ? AND output_index = ?",
            (bytes(channel_id_of(outpoint)), bytes(outpoint.txid), outpoint.index),
        )
        return bool(rows)
