"""`WalletStore` over `money.db`."""

import json
from typing import Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base import strict_json
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.bitcoin.network import Network
from tipdesk.ports.plugged import WalletFacts
from tipdesk.ports.wallets import GivenInvoice, Order, WalletId, WalletRow
from tipdesk.tips.payment import Capability
from tipdesk.tips.wallet_link import WalletKind

_MOST_FACTS: Final = 4_000

WALLETS_SCHEMA: Final = """
CREATE TABLE wallets (
    wallet INTEGER PRIMARY KEY AUTOINCREMENT, slot INTEGER NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, place TEXT NOT NULL, facts TEXT NOT NULL, added_at_ms INTEGER NOT NULL,
    removed_at_ms INTEGER
);
CREATE UNIQUE INDEX one_wallet_a_slot ON wallets (slot) WHERE removed_at_ms IS NULL;
CREATE TABLE wallet_orders (
    payment_hash BLOB PRIMARY KEY, wallet INTEGER NOT NULL REFERENCES wallets (wallet),
    begun_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'UNDER_WAY' CHECK (state IN ('UNDER_WAY', 'PAID', 'FAILED'))
);
CREATE INDEX orders_under_way ON wallet_orders (wallet) WHERE state = 'UNDER_WAY';
CREATE TABLE wallet_invoices (
    payment_hash BLOB PRIMARY KEY, wallet INTEGER NOT NULL REFERENCES wallets (wallet),
    expires_at_ms INTEGER NOT NULL, paid INTEGER NOT NULL DEFAULT 0 CHECK (paid IN (0, 1))
);
CREATE INDEX unpaid_invoices ON wallet_invoices (expires_at_ms) WHERE paid = 0;
"""
"""A migration for `MoneyDatabase`."""


class MoneyWalletStore:
    """See `WalletStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def wallets(self) -> list[WalletRow]:
        """See `WalletStore.wallets`."""
        rows = self._db.read(
            "SELECT wallet, slot, kind, name, place, facts, added_at_ms FROM wallets "
            "WHERE removed_at_ms IS NULL ORDER BY wallet"
        )
        return [
            WalletRow(
                wallet=WalletId(wallet),
                slot=slot,
                kind=WalletKind(kind),
                name=name,
                where=place,
                facts=_facts(facts),
                added_at=Instant(added_at),
            )
            for wallet, slot, kind, name, place, facts, added_at in rows
        ]

    def add(self, row: WalletRow) -> WalletId:
        """See `WalletStore.add`."""
        self._db.write(
            "INSERT INTO wallets (slot, kind, name, place, facts, added_at_ms) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                row.slot,
                row.kind.value,
                row.name,
                row.where,
                _stored(row.facts),
                row.added_at.ms,
            ),
        )
        self._db.commit()
        ((wallet,),) = self._db.read("SELECT max(wallet) FROM wallets")
        return WalletId(wallet)

    def change(self, row: WalletRow) -> None:
        """See `WalletStore.change`."""
        self._db.write(
            "UPDATE wallets SET name = ?, facts = ? WHERE wallet = ?",
            (row.name, _stored(row.facts), row.wallet),
        )
        self._db.commit()

    def remove(self, wallet: WalletId, at: Instant) -> None:
        """See `WalletStore.remove`."""
        self._db.write("UPDATE wallets SET removed_at_ms = ? WHERE wallet = ?", (at.ms, wallet))
        self._db.commit()

    def begin(self, order: Order) -> Order:
        """See `WalletStore.begin`."""
        self._db.write(
            "INSERT INTO wallet_orders (payment_hash, wallet, begun_at_ms, expires_at_ms) "
            "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET wallet = excluded.wallet, "
            "begun_at_ms = excluded.begun_at_ms, expires_at_ms = excluded.expires_at_ms, "
            "state = 'UNDER_WAY' WHERE state = 'FAILED'",
            (bytes(order.payment_hash), order.wallet, order.begun_at.ms, order.expires_at.ms),
        )
        self._db.commit()
        return self.order(order.payment_hash) or order

    def order(self, payment_hash: PaymentHash) -> Order | None:
        """See `WalletStore.order`."""
        for wallet, begun_at, expires_at, state in self._db.read(
            "SELECT wallet, begun_at_ms, expires_at_ms, state FROM wallet_orders "
            "WHERE payment_hash = ?",
            (bytes(payment_hash),),
        ):
            return Order(
                payment_hash,
                WalletId(wallet),
                Instant(begun_at),
                Instant(expires_at),
                has_failed=state == "FAILED",
            )
        return None

    def ended(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        """See `WalletStore.ended`."""
        self._db.write(
            "UPDATE wallet_orders SET state = ? WHERE payment_hash = ?",
            ("PAID" if paid else "FAILED", bytes(payment_hash)),
        )
        self._db.commit()

    def under_way(self, wallet: WalletId) -> int:
        """See `WalletStore.under_way`."""
        ((count,),) = self._db.read(
            "SELECT count(*) FROM wallet_orders WHERE wallet = ? AND state = 'UNDER_WAY'", (wallet,)
        )
        return int(count)

    def gave(self, invoice: GivenInvoice) -> None:
        """See `WalletStore.gave`."""
        self._db.write(
            "INSERT OR IGNORE INTO wallet_invoices (payment_hash, wallet, expires_at_ms) "
            "VALUES (?, ?, ?)",
            (bytes(invoice.payment_hash), invoice.wallet, invoice.expires_at.ms),
        )
        self._db.commit()

    def given(self, payment_hash: PaymentHash) -> WalletId | None:
        """See `WalletStore.given`."""
        for (wallet,) in self._db.read(
            "SELECT wallet FROM wallet_invoices WHERE payment_hash = ?", (bytes(payment_hash),)
        ):
            return WalletId(wallet)
        return None

    def unpaid(self) -> list[GivenInvoice]:
        """See `WalletStore.unpaid`."""
        rows = self._db.read(
            "SELECT payment_hash, wallet, expires_at_ms FROM wallet_invoices WHERE paid = 0 "
            "ORDER BY expires_at_ms"
        )
        return [
            GivenInvoice(PaymentHash(payment_hash), WalletId(wallet), Instant(expires_at))
            for payment_hash, wallet, expires_at in rows
        ]

    def paid(self, payment_hash: PaymentHash) -> None:
        """See `WalletStore.paid`."""
        self._db.write(
            "UPDATE wallet_invoices SET paid = 1 WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        self._db.commit()


def _stored(facts: WalletFacts) -> str:
    return json.dumps(
        {
            "alias": facts.alias,
            "network": None if facts.network is None else facts.network.value,
            "node_id": None if facts.node_id is None else facts.node_id.hex(),
            "capabilities": sorted(capability.name for capability in facts.capabilities),
            "version": facts.version,
        }
    )


def _facts(text: str) -> WalletFacts:
    """A capability that this TipDesk does not know is one that it has no use for."""
    kept = strict_json.parse_object(text, maximum=_MOST_FACTS)
    network, node_id, names = kept.get("network"), kept.get("node_id"), kept.get("capabilities")
    known = {capability.name: capability for capability in Capability}
    return WalletFacts(
        alias=str(kept.get("alias", "")),
        network=None if network is None else Network(network),
        node_id=None if node_id is None else NodeId(bytes.fromhex(str(node_id))),
        capabilities=frozenset(
            known[name] for name in (names if isinstance(names, list) else ()) if name in known
        ),
        version=str(kept.get("version", "")),
    )
