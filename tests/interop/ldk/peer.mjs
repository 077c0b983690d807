// A Lightning node built on LDK, driven by lines of JSON: a stranger for TipDesk's tests.
//
//   node peer.mjs FOLDER SEED    SEED is 64 hex digits; FOLDER keeps what a restart needs
//
// In:  {"id": 1, "method": "connect", "params": {...}}    `methods` below is the list
// Out: {"id": 1, "result": ...} or {"id": 1, "error": "..."}, and {"event": "...", ...}
//
// It has no chain and no coins: the test sends it every block, publishes what it broadcasts and
// makes its funding transactions. Its money from closed channels goes to the script it is given.

import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";
import * as ldk from "lightningdevkit";
import { Wires } from "./wires.mjs";

const FEERATE = 1000; // per 1000 weight
const FEERATE_FLOOR = 253;
const MAXIMUM_FEERATE = 5000;

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const unhex = (text) => new Uint8Array(Buffer.from(text, "hex"));
const txid = (bytes) => hex(Buffer.from(bytes).reverse());
const some = (option) => (option.some === undefined ? null : option.some);
const say = (line) => process.stdout.write(JSON.stringify(line, plain) + "\n");
const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);

function checked(result, what) {
  if (!result.is_ok()) throw new Error(`${what}: ${describe(result.err)}`);
  return result.res;
}

function describe(error) {
  return error?.err ?? error?.constructor?.name ?? String(error);
}

const [folder, seed] = process.argv.slice(2);
fs.mkdirSync(path.join(folder, "monitors"), { recursive: true });
const managerFile = path.join(folder, "manager");
const wasm = new URL("node_modules/lightningdevkit/liblightningjs.wasm", import.meta.url);
await ldk.initializeWasmFromBinary(fs.readFileSync(wasm));

// -- what LDK asks of its surroundings --------------------------------------------------------

const fees = ldk.FeeEstimator.new_impl({
  get_est_sat_per_1000_weight(target) {
    const of = ldk.ConfirmationTarget;
    if (target === of.LDKConfirmationTarget_MaximumFeeEstimate) return MAXIMUM_FEERATE;
    const floors = [
      of.LDKConfirmationTarget_MinAllowedAnchorChannelRemoteFee,
      of.LDKConfirmationTarget_MinAllowedNonAnchorChannelRemoteFee,
      of.LDKConfirmationTarget_ChannelCloseMinimum,
    ];
    return floors.includes(target) ? FEERATE_FLOOR : FEERATE;
  },
});

const logger = ldk.Logger.new_impl({
  log(record) {
    if (record.get_level() > ldk.Level.LDKLevel_Trace)
      process.stderr.write(`${record.get_module_path()}: ${record.get_args()}\n`);
  },
});

const broadcaster = ldk.BroadcasterInterface.new_impl({
  broadcast_transactions(transactions) {
    say({ event: "broadcast", transactions: transactions.map(hex) });
  },
});

function keep(outpoint, monitor) {
  const name = `${txid(outpoint.get_txid())}-${outpoint.get_index()}`;
  fs.writeFileSync(path.join(folder, "monitors", name), monitor.write());
  return ldk.ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_Completed;
}

const persister = ldk.Persist.new_impl({
  persist_new_channel: keep,
  update_persisted_channel: (outpoint, _update, monitor) => keep(outpoint, monitor),
  archive_persisted_channel() {},
});

// -- the node ---------------------------------------------------------------------------------

const now = Date.now();
const keys = ldk.KeysManager.constructor_new(
  unhex(seed), BigInt(Math.floor(now / 1000)), (now % 1000) * 1000000,
);
const entropy = keys.as_EntropySource();
const signer = keys.as_NodeSigner();
const monitors = ldk.ChainMonitor.constructor_new(
  ldk.Option_FilterZ.constructor_none(), broadcaster, logger, fees, persister,
);
const graph = ldk.NetworkGraph.constructor_new(ldk.Network.LDKNetwork_Regtest, logger);
const scorer = ldk.MultiThreadedLockableScore.constructor_new(
  ldk.ProbabilisticScorer.constructor_new(
    ldk.ProbabilisticScoringDecayParameters.constructor_default(), graph, logger,
  ).as_Score(),
);
const router = ldk.DefaultRouter.constructor_new(
  graph, logger, entropy, scorer.as_LockableScore(),
  ldk.ProbabilisticScoringFeeParameters.constructor_default(),
);
const messageRouter = ldk.DefaultMessageRouter.constructor_new(graph, entropy);

function configuration(announce) {
  const config = ldk.UserConfig.constructor_default();
  const handshake = config.get_channel_handshake_config();
  handshake.set_negotiate_anchors_zero_fee_htlc_tx(true);
  handshake.set_announce_for_forwarding(announce);
  handshake.set_minimum_depth(3);
  config.set_channel_handshake_config(handshake);
  const limits = config.get_channel_handshake_limits();
  limits.set_force_announced_channel_preference(false);
  config.set_channel_handshake_limits(limits);
  config.set_manually_accept_inbound_channels(true);
  config.set_accept_forwards_to_priv_channels(true);
  return config;
}

/** The manager of the last process, with its monitors, or none. */
function restored() {
  if (!fs.existsSync(managerFile)) return null;
  const kept = fs.readdirSync(path.join(folder, "monitors")).map((name) =>
    checked(
      ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelMonitorZ_read(
        fs.readFileSync(path.join(folder, "monitors", name)), entropy, keys.as_SignerProvider(),
      ), "a monitor",
    ).get_b());
  const read = checked(
    ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelManagerZ_read(
      fs.readFileSync(managerFile), entropy, signer, keys.as_SignerProvider(), fees,
      monitors.as_Watch(), broadcaster, router.as_Router(), messageRouter.as_MessageRouter(),
      logger, configuration(true), kept,
    ), "the manager",
  );
  for (const monitor of kept)
    checked(monitors.as_Watch().watch_channel(monitor.get_funding_txo().get_a(), monitor), "watch");
  return read.get_b();
}

let manager = restored();
let messenger = null;
let peers = null;
let wires = null;
let sweepScript = null;
let holding = false; // whether payments to us wait for the test's word

function begin(height, hash) {
  if (manager === null) {
    const best = ldk.BestBlock.constructor_new(unhex(hash), height);
    manager = ldk.ChannelManager.constructor_new(
      fees, monitors.as_Watch(), broadcaster, router.as_Router(), messageRouter.as_MessageRouter(),
      logger, entropy, signer, keys.as_SignerProvider(), configuration(true),
      ldk.ChainParameters.constructor_new(ldk.Network.LDKNetwork_Regtest, best),
      Math.floor(now / 1000),
    );
  }
  const gossip = ldk.P2PGossipSync.constructor_new(
    graph, ldk.Option_UtxoLookupZ.constructor_none(), logger,
  );
  const ignoring = ldk.IgnoringMessageHandler.constructor_new();
  messenger = ldk.OnionMessenger.constructor_new(
    entropy, signer, logger, manager.as_NodeIdLookUp(), messageRouter.as_MessageRouter(),
    manager.as_OffersMessageHandler(), manager.as_AsyncPaymentsMessageHandler(),
    manager.as_DNSResolverMessageHandler(), ignoring.as_CustomOnionMessageHandler(),
  );
  peers = ldk.PeerManager.constructor_new(
    manager.as_ChannelMessageHandler(), gossip.as_RoutingMessageHandler(),
    messenger.as_OnionMessageHandler(), ignoring.as_CustomMessageHandler(),
    Math.floor(now / 1000), entropy.get_secure_random_bytes(), logger, signer,
  );
  wires = new Wires(peers);
  setInterval(pump, 10);
}

/** Whatever happened is dealt with, stored, told and sent. */
function pump() {
  manager.as_EventsProvider().process_pending_events(handler);
  monitors.as_EventsProvider().process_pending_events(handler);
  messenger.as_EventsProvider().process_pending_events(handler);
  if (manager.get_and_clear_needs_persistence()) fs.writeFileSync(managerFile, manager.write());
  for (const line of told.splice(0)) say(line);
  peers.process_events();
}

// -- events -----------------------------------------------------------------------------------

// A test may kill the process at any word it hears: what it hears of is stored.
const told = [];
const tell = (line) => told.push(line);

const handlers = [
  [ldk.Event_OpenChannelRequest, (event) => {
    const { temporary_channel_id: id, counterparty_node_id: peer } = event;
    checked(manager.accept_inbound_channel(id, peer, 0n), "accept");
  }],
  [ldk.Event_FundingGenerationReady, (event) => {
    tell({
      event: "fund", temporary_id: hex(event.temporary_channel_id.get_a()),
      peer: hex(event.counterparty_node_id), script_pubkey: hex(event.output_script),
      amount_sat: event.channel_value_satoshis,
    });
  }],
  [ldk.Event_ChannelReady, (event) => {
    tell({
      event: "ready", channel_id: hex(event.channel_id.get_a()),
      anchors: Boolean(event.channel_type.requires_anchors_zero_fee_htlc_tx()),
    });
  }],
  [ldk.Event_PendingHTLCsForwardable, () => manager.process_pending_htlc_forwards()],
  [ldk.Event_PaymentClaimable, (event) => {
    const preimage = some(event.purpose.payment_preimage);
    tell({
      event: "claimable", payment_hash: hex(event.payment_hash), preimage: hex(preimage),
      amount_msat: event.amount_msat, ...asked(event.purpose),
    });
    if (!holding) manager.claim_funds(preimage);
  }],
  [ldk.Event_PaymentClaimed, (event) => {
    tell({
      event: "received", payment_hash: hex(event.payment_hash), amount_msat: event.amount_msat,
    });
  }],
  [ldk.Event_PaymentSent, (event) => {
    tell({
      event: "sent", payment_id: hex(some(event.payment_id)),
      payment_hash: hex(event.payment_hash), preimage: hex(event.payment_preimage),
      fee_msat: some(event.fee_paid_msat),
    });
  }],
  [ldk.Event_PaymentFailed, (event) => {
    const payment_hash = hex(some(event.payment_hash) ?? []);
    const reason = ldk.PaymentFailureReason[some(event.reason)]?.split("_")[1];
    tell({ event: "failed", payment_id: hex(event.payment_id), payment_hash, reason });
  }],
  [ldk.Event_PaymentPathFailed, (event) => {
    // `scid`: the channel that it blames; of a blinded route's inside it knows none.
    tell({
      event: "path_failed", payment_hash: hex(event.payment_hash),
      for_good: event.payment_failed_permanently, scid: some(event.short_channel_id),
    });
  }],
  [ldk.Event_ConnectionNeeded, (event) => {
    tell({ event: "connection_needed", node_id: hex(event.node_id) });
  }],
  [ldk.Event_PaymentForwarded, (event) => {
    tell({
      event: "forwarded", fee_msat: some(event.total_fee_earned_msat),
      on_chain: event.claim_from_onchain_tx,
    });
  }],
  [ldk.Event_HTLCHandlingFailed, (event) => {
    tell({ event: "htlc_failed", why: event.failed_next_destination.constructor.name });
  }],
  [ldk.Event_ChannelClosed, (event) => {
    const why = event.reason.constructor.name.replace("ClosureReason_", "");
    tell({ event: "closed", channel_id: hex(event.channel_id.get_a()), reason: why });
  }],
  [ldk.Event_BumpTransaction, ({ bump_transaction: bump }) => {
    // The commitment pays for itself at this feerate; it waits for nobody's fees.
    if (bump.commitment_tx !== undefined)
      tell({ event: "broadcast", transactions: [hex(bump.commitment_tx)] });
  }],
  [ldk.Event_SpendableOutputs, (event) => {
    const spend = keys.as_OutputSpender().spend_spendable_outputs(
      event.outputs, [], sweepScript, FEERATE, ldk.Option_u32Z.constructor_none(),
    );
    const transaction = hex(checked(spend, "sweep"));
    tell({ event: "swept", transaction });
    tell({ event: "broadcast", transactions: [transaction] });
  }],
];

/** What the payer of an offer said; nothing, if it is an invoice of BOLT 11 that was paid. */
function asked(purpose) {
  if (!(purpose instanceof ldk.PaymentPurpose_Bolt12OfferPayment)) return {};
  const request = purpose.payment_context.get_invoice_request();
  return {
    payer_id: hex(request.get_payer_signing_pubkey()),
    note: request.get_payer_note_truncated()?.get_a() ?? "",
  };
}

const handler = ldk.EventHandler.new_impl({
  handle_event(event) {
    for (const [kind, handle] of handlers) if (event instanceof kind) handle(event);
    return ldk.Result_NoneReplayEventZ.constructor_ok();
  },
});

// -- what a test can ask for ------------------------------------------------------------------

const channelOf = (id) => {
  const found = manager.list_channels().find((one) => hex(one.get_channel_id().get_a()) === id);
  if (found === undefined) throw new Error("no such channel");
  return found;
};

const methods = {
  begin({ height, hash, sweep_script }) {
    sweepScript = unhex(sweep_script);
    begin(height, hash);
    return {
      node_id: hex(manager.get_our_node_id()),
      height: manager.current_best_block().get_height(),
    };
  },
  listen({ port }) {
    return wires.listen(port);
  },
  block({ height, block }) {
    const bytes = unhex(block);
    manager.as_Listen().block_connected(bytes, height);
    monitors.as_Listen().block_connected(bytes, height);
    return null;
  },
  async connect({ node_id, port }) {
    await wires.call(port, unhex(node_id));
    return null;
  },
  disconnect({ node_id }) {
    peers.disconnect_by_node_id(unhex(node_id));
    return null;
  },
  peers() {
    return peers.list_peers().map((one) => hex(one.get_counterparty_node_id()));
  },
  open({ node_id, amount_sat, push_msat, announce }) {
    checked(
      manager.create_channel(
        unhex(node_id), BigInt(amount_sat), BigInt(push_msat), 0n, null, configuration(announce),
      ), "open",
    );
    return null;
  },
  fund({ temporary_id, node_id, transaction }) {
    const id = ldk.ChannelId.constructor_from_bytes(unhex(temporary_id));
    checked(
      manager.funding_transaction_generated(id, unhex(node_id), unhex(transaction)), "fund",
    );
    return null;
  },
  channels() {
    return manager.list_channels().map((one) => ({
      channel_id: hex(one.get_channel_id().get_a()),
      peer: hex(one.get_counterparty().get_node_id()),
      usable: one.get_is_usable(),
      anchors: Boolean(one.get_channel_type()?.requires_anchors_zero_fee_htlc_tx()),
      capacity_sat: one.get_channel_value_satoshis(),
      outbound_msat: one.get_outbound_capacity_msat(),
      inbound_msat: one.get_inbound_capacity_msat(),
      reserve_sat: some(one.get_unspendable_punishment_reserve()),
      htlcs: one.get_pending_inbound_htlcs().length + one.get_pending_outbound_htlcs().length,
    }));
  },
  balances() {
    // What the monitors would still claim, were every channel closed now.
    return monitors.get_claimable_balances([]).map((one) => ({
      kind: one.constructor.name.replace("Balance_", ""), amount_sat: one.amount_satoshis,
    }));
  },
  graph() {
    return graph.read_only().list_channels().length;
  },
  announce({ alias }) {
    const name = new Uint8Array(32);
    name.set(Buffer.from(alias));
    peers.broadcast_node_announcement(new Uint8Array(3), name, []);
    return null;
  },
  invoice({ amount_msat, description }) {
    const made = ldk.UtilMethods.constructor_create_invoice_from_channelmanager(
      manager, ldk.Option_u64Z.constructor_some(BigInt(amount_msat)), description, 3600,
      ldk.Option_u16Z.constructor_none(),
    );
    const invoice = checked(made, "invoice");
    return { invoice: invoice.to_str(), payment_hash: hex(invoice.payment_hash()) };
  },
  hold({ holds }) {
    holding = holds;
    return null;
  },
  claim({ preimage }) {
    manager.claim_funds(unhex(preimage));
    return null;
  },
  fail({ payment_hash }) {
    manager.fail_htlc_backwards(unhex(payment_hash));
    return null;
  },
  pay({ invoice }) {
    const parsed = checked(ldk.Bolt11Invoice.constructor_from_str(invoice), "invoice");
    const asked = checked(
      ldk.UtilMethods.constructor_payment_parameters_from_invoice(parsed), "parameters",
    );
    const sent = manager.send_payment(
      asked.get_a(), asked.get_b(), asked.get_a(), asked.get_c(), ldk.Retry.constructor_attempts(3),
    );
    checked(sent, "pay");
    return { payment_hash: hex(asked.get_a()) };
  },
  offer({ amount_msat, description }) {
    const builder = checked(
      manager.create_offer_builder(ldk.Option_u64Z.constructor_none()), "offer builder",
    );
    if (amount_msat !== null) builder.amount_msats(BigInt(amount_msat));
    builder.description(description);
    return checked(builder.build(), "offer").to_str();
  },
  pay_offer({ offer, amount_msat, note, payment_id }) {
    const none = ldk.Option_u64Z.constructor_none();
    const parsed = checked(ldk.Offer.constructor_from_str(offer), "offer");
    const asked = manager.pay_for_offer(
      parsed, none, ldk.Option_u64Z.constructor_some(BigInt(amount_msat)),
      ldk.Option_StrZ.constructor_some(note), unhex(payment_id),
      ldk.Retry.constructor_attempts(3), none,
    );
    checked(asked, "pay an offer");
    return null;
  },
  close({ channel_id, force }) {
    const one = channelOf(channel_id);
    const [id, peer] = [one.get_channel_id(), one.get_counterparty().get_node_id()];
    const done = force
      ? manager.force_close_broadcasting_latest_txn(id, peer, "closed by a test")
      : manager.close_channel(id, peer);
    checked(done, "close");
    return null;
  },
};

// The end of its input is the end of the process: nothing outlives the test.
const lines = readline.createInterface({ input: process.stdin });
lines.on("close", () => process.exit(0));
lines.on("line", async (line) => {
  const { id, method, params } = JSON.parse(line);
  try {
    const result = await methods[method](params);
    if (peers !== null) pump();
    say({ id, result });
  } catch (error) {
    say({ id, error: String(error?.message ?? error) });
  }
});
say({ event: "started" });
