"""bdk's change sets as bytes: JSON, one object a change set, with the version it was written by."""

import json
from collections.abc import Iterable
from typing import Any, Final

import bdkpython as bdk

from tipdesk.base.errors import StorageError

_VERSION: Final = 1


class UnreadableChangeSet(StorageError):
    """A stored wallet change that this version cannot read."""


def encode(changes: bdk.ChangeSet) -> bytes:
    """The bytes of a change set."""
    graph = changes.tx_graph_changeset()
    network = changes.network()
    record = {
        "version": _VERSION,
        "descriptor": _text(changes.descriptor()),
        "change_descriptor": _text(changes.change_descriptor()),
        "network": network.name if network is not None else None,
        "chain": [[c.height, _text(c.hash)] for c in changes.localchain_changeset().changes],
        "revealed": {
            str(name): index for name, index in changes.indexer_changeset().last_revealed.items()
        },
        "txs": [bytes(tx.serialize()).hex() for tx in graph.txs],
        "txouts": [
            [*_place(key.outpoint()), out.value.to_sat(), bytes(out.script_pubkey.to_bytes()).hex()]
            for key, out in graph.txouts.items()
        ],
        "anchors": [
            [
                a.confirmation_block_time.block_id.height,
                str(a.confirmation_block_time.block_id.hash),
                a.confirmation_block_time.confirmation_time,
                str(a.txid),
            ]
            for a in graph.anchors
        ],
        "last_seen": _times(graph.last_seen),
        "first_seen": _times(graph.first_seen),
        "last_evicted": _times(graph.last_evicted),
        "locked": [
            [*_place(key.outpoint()), locked]
            for key, locked in changes.locked_outpoints_changeset().items()
        ],
    }
    return json.dumps(record, separators=(",", ":")).encode()


def decode(data: bytes, kind: bdk.NetworkKind) -> bdk.ChangeSet:
    """The change set of `encode`; `UnreadableChangeSet` for anything else."""
    try:
        record = json.loads(data)
        if record["version"] != _VERSION:
            raise UnreadableChangeSet(f"a wallet change of version {record['version']}")
        return _rebuilt(record, kind)
    except (LookupError, ValueError, TypeError, AttributeError, bdk.InternalError) as error:
        raise UnreadableChangeSet("a stored wallet change is damaged") from error


def merge(changes: Iterable[bdk.ChangeSet]) -> bdk.ChangeSet:
    """One change set that says what all say, the later over the earlier."""
    whole = bdk.ChangeSet()
    for change in changes:
        whole = bdk.ChangeSet.from_merge(whole, change)
    return whole


def _rebuilt(record: dict[str, Any], kind: bdk.NetworkKind) -> bdk.ChangeSet:
    descriptors = [
        bdk.Descriptor(text, kind) if text else None
        for text in (record["descriptor"], record["change_descriptor"])
    ]
    chain = [
        bdk.ChainChange(height=height, hash=bdk.BlockHash.from_string(text) if text else None)
        for height, text in record["chain"]
    ]
    graph = bdk.TxGraphChangeSet(
        txs=[bdk.Transaction(bytes.fromhex(raw)) for raw in record["txs"]],
        txouts={
            _outpoint(txid, vout): bdk.TxOut(
                value=bdk.Amount.from_sat(sat), script_pubkey=bdk.Script(bytes.fromhex(script))
            )
            for txid, vout, sat, script in record["txouts"]
        },
        anchors=[_anchor(*fields) for fields in record["anchors"]],
        **{
            name: {bdk.Txid.from_string(txid): at for txid, at in record[name]}
            for name in ("last_seen", "first_seen", "last_evicted")
        },
    )
    revealed = {
        bdk.DescriptorId.from_string(name): index for name, index in record["revealed"].items()
    }
    return bdk.ChangeSet.from_aggregate_with_locked_outpoints(
        *descriptors,
        bdk.Network[record["network"]] if record["network"] else None,
        bdk.LocalChainChangeSet(changes=chain),
        graph,
        bdk.IndexerChangeSet(last_revealed=revealed),
        {_outpoint(txid, vout): locked for txid, vout, locked in record["locked"]},
    )


def _anchor(height: int, block: str, time: int, txid: str) -> bdk.Anchor:
    block_id = bdk.BlockId(height=height, hash=bdk.BlockHash.from_string(block))
    return bdk.Anchor(
        confirmation_block_time=bdk.ConfirmationBlockTime(
            block_id=block_id, confirmation_time=time
        ),
        txid=bdk.Txid.from_string(txid),
    )


def _outpoint(txid: str, vout: int) -> bdk.HashableOutPoint:
    return bdk.HashableOutPoint(bdk.OutPoint(txid=bdk.Txid.from_string(txid), vout=vout))


def _place(outpoint: bdk.OutPoint) -> tuple[str, int]:
    return str(outpoint.txid), outpoint.vout


def _times(times: dict[bdk.Txid, int]) -> list[list[object]]:
    return [[str(txid), at] for txid, at in times.items()]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
