"""The 62 classes of bugs that cost other Lightning nodes money or their lives, and their tests.

A test is named `file::function`; the number of the class stands in the function's name.
"""

from typing import Final

_CHANNEL = "tests/unit/lightning/channel"
_INVOICE = "tests/unit/lightning/invoice"
_NODE = "tests/unit/node"
_OPENINGS = "tests/classes/test_class_openings.py"
_PEERS = "tests/classes/test_class_peers.py"
_RULES = "tests/classes/test_class_rules.py"
_SERVICES = "tests/unit/services"

CLASSES: Final[dict[int, str]] = {
    1: "funding output unchecked",
    2: "duplicate funding outpoint",
    3: "odd funding txids",
    4: "fake channels",
    5: "openings raced by reconnections",
    6: "coinbase funding",
    7: "missing channel_type",
    8: "limits of opening messages",
    9: "funding changed or broadcast too early",
    10: "feerates without bound",
    11: "early, repeated and premature messages of an opening",
    12: "high-S signatures",
    13: "sent before stored",
    14: "retransmission",
    15: "revealed secrets unchecked",
    16: "reserve and dust arithmetic",
    17: "dust exposure",
    18: "identity of an HTLC",
    19: "lost state",
    20: "errors for all channels, texts of peers",
    21: "outgoing message too long",
    22: "channel_reestablish first",
    23: "onion bomb",
    24: "replayed onions",
    25: "checks of the final hop",
    26: "incomplete sets of parts",
    27: "skimmed HTLCs",
    28: "probing",
    29: "paid twice",
    30: "paying twice",
    31: "another amount than approved",
    32: "fee griefing",
    33: "failures",
    34: "parsers of invoices",
    35: "blinded errors",
    36: "budgets of wallet connections",
    37: "preimages from any spend",
    38: "failed upstream too early",
    39: "preimage upstream at once",
    40: "deadlines",
    41: "budgets of fees, reserve of coins",
    42: "replacement cycling and stalling",
    43: "bad batches",
    44: "revoked commitments",
    45: "preimage learnt after a close",
    46: "reorganisations",
    47: "foreign commitment taken for one's own",
    48: "chain readers stricter than consensus, lying servers",
    49: "restored backups",
    50: "pinning",
    51: "filter flood",
    52: "infinite inbox",
    53: "gossip of odd times",
    54: "gossip that waits",
    55: "range replies",
    56: "query flood",
    57: "announcements",
    58: "updates for unknown channels",
    59: "half-open handshakes",
    60: "ping flood",
    61: "onion-message flood",
    62: "log spam, huge persisted blobs",
}
"""What goes wrong, in a few words."""

TESTS: Final[dict[int, tuple[str, ...]]] = {
    1: (
        f"{_CHANNEL}/test_opening.py::test_class_1_a_funding_that_pays_less_or_elsewhere_fails_the_channel",
        f"{_CHANNEL}/test_opening.py::test_class_1_a_funding_with_the_agreed_txid_that_does_not_pay_fails_the_channel",
    ),
    2: (f"{_PEERS}::test_class_2_an_outpoint_that_funds_a_channel_funds_no_second_one",),
    3: (f"{_OPENINGS}::test_class_3_no_funding_txid_is_too_odd_to_be_judged",),
    4: (
        "tests/practice/test_watchman.py::test_class_4_a_fundee_forgets_a_channel_that_is_never_mined",
        f"{_NODE}/test_opening.py::test_class_4_one_peer_cannot_fill_our_memory_with_openings",
    ),
    5: (
        f"{_OPENINGS}::test_class_5_a_connection_lost_at_any_point_of_an_opening_leaves_a_state_that_goes_on",
        f"{_PEERS}::test_class_5_a_peer_that_connects_again_in_the_middle_of_its_opening_starts_anew",
        f"{_PEERS}::test_class_5_a_peer_that_connects_again_after_funding_created_has_its_channel",
        f"{_CHANNEL}/test_opening.py::test_class_5_an_opening_ends_with_its_connection_and_frees_the_money",
    ),
    6: (
        f"{_OPENINGS}::test_class_6_a_coinbase_funding_waits_for_a_hundred_blocks",
        f"{_OPENINGS}::test_class_6_other_coins_need_no_hundred_blocks",
    ),
    7: (
        f"{_CHANNEL}/test_opening.py::test_class_7_and_8_an_open_channel_out_of_bounds_is_refused",
        f"{_CHANNEL}/test_opening.py::test_class_7_and_8_an_accept_channel_out_of_bounds_is_refused_and_asks_for_no_money",
    ),
    8: (
        f"{_CHANNEL}/test_opening.py::test_class_7_and_8_an_open_channel_out_of_bounds_is_refused",
        f"{_CHANNEL}/test_opening.py::test_class_7_and_8_an_accept_channel_out_of_bounds_is_refused_and_asks_for_no_money",
        f"{_CHANNEL}/test_opening.py::test_class_8_what_lies_just_within_the_bounds_is_accepted",
    ),
    9: (
        f"{_OPENINGS}::test_class_9_a_second_funding_created_is_refused",
        f"{_CHANNEL}/test_opening.py::test_class_9_a_wrong_first_signature_leaves_no_channel_with_either_side",
        f"{_CHANNEL}/test_opening.py::test_class_9_the_funding_is_broadcast_only_once_the_way_out_is_signed_and_stored",
    ),
    10: (
        f"{_CHANNEL}/test_normal.py::test_class_10_an_absurd_feerate_is_refused",
        f"{_NODE}/test_bad_channel_peers.py::test_class_10_a_feerate_from_nowhere_is_not_taken",
    ),
    11: (
        f"{_OPENINGS}::test_class_11_announcement_signatures_that_come_too_early_crash_nothing",
        f"{_OPENINGS}::test_class_11_a_peers_channel_ready_does_not_stand_for_the_chain",
        f"{_CHANNEL}/test_opening.py::test_class_11_a_second_channel_ready_changes_nothing_and_a_broken_point_is_refused",
        f"{_CHANNEL}/test_opening.py::test_class_11_no_htlc_may_come_before_the_channel_is_ready",
    ),
    12: (
        f"{_CHANNEL}/test_normal.py::test_class_12_a_wrong_or_high_s_commitment_signature_fails_the_channel",
        f"{_CHANNEL}/test_normal.py::test_class_12_a_wrong_or_high_s_htlc_signature_fails_the_channel",
    ),
    13: (
        f"{_CHANNEL}/test_normal.py::test_class_13_a_signature_is_stored_before_it_leaves_and_before_it_is_answered",
        f"{_CHANNEL}/test_normal.py::test_class_13_the_secret_is_stored_before_anything_is_done_with_what_it_made_irrevocable",
        f"{_NODE}/test_turn.py::test_class_13_everything_of_a_turn_is_one_commit_and_leaves_after_it",
        f"{_NODE}/test_turn.py::test_class_13_a_turn_whose_commit_fails_sends_nothing_and_is_the_last",
    ),
    14: (
        f"{_CHANNEL}/test_reconnect.py::test_class_14_a_payment_cut_at_any_message_is_finished_exactly_once",
        f"{_CHANNEL}/test_reconnect.py::test_class_14_a_lost_signature_is_sent_again_byte_for_byte",
    ),
    15: (
        f"{_CHANNEL}/test_normal.py::test_class_15_a_wrong_revocation_secret_fails_the_channel",
        "tests/unit/lightning/keys/test_shachain.py::test_class_15_a_wrong_secret_is_noticed_when_its_parent_comes",
    ),
    16: (
        f"{_CHANNEL}/test_limits.py::test_class_16_spendable_is_exactly_the_most_that_one_more_htlc_may_carry",
        f"{_CHANNEL}/test_limits.py::test_class_16_the_funder_keeps_room_for_twice_the_fee",
        f"{_CHANNEL}/test_normal.py::test_class_16_the_funder_may_go_down_to_reserve_and_fee_and_not_one_msat_further",
        "tests/unit/lightning/commitment/test_weights.py::test_class_16_one_rule_says_which_htlcs_have_an_output",
    ),
    17: (
        f"{_CHANNEL}/test_limits.py::test_class_17_amounts_too_small_for_the_chain_are_bounded_in_sum",
        f"{_CHANNEL}/test_without_anchors.py::test_class_17_a_feerate_that_makes_dust_of_more_than_we_risk_fails_the_channel",
    ),
    18: (
        f"{_RULES}::test_class_18_htlcs_alike_in_hash_amount_and_expiry_are_told_apart_by_their_ids",
        f"{_RULES}::test_class_18_a_preimage_for_one_twin_does_not_remove_the_other",
        f"{_CHANNEL}/test_normal.py::test_class_18_an_htlc_that_is_not_there_or_not_committed_cannot_be_removed",
    ),
    19: (
        f"{_CHANNEL}/test_reconnect.py::test_class_19_a_proof_that_our_state_is_old_stops_every_broadcast",
        f"{_CHANNEL}/test_reconnect.py::test_class_19_a_claim_that_our_state_is_old_without_its_proof_does_not_stop_us",
    ),
    20: (
        f"{_PEERS}::test_class_20_an_error_for_all_channels_fails_all_of_its_sender_and_nobody_elses",
        "tests/unit/base/test_text.py::test_class_20_controls_and_direction_overrides_are_dropped",
        f"{_CHANNEL}/test_normal.py::test_class_20_the_peers_error_fails_the_channel_and_its_warning_does_not",
    ),
    21: (
        f"{_RULES}::test_class_21_whatever_a_peer_makes_us_say_fits_into_a_message",
        "tests/unit/lightning/wire/test_messages.py::test_class_21_the_longest_message_still_fits",
    ),
    22: (
        f"{_CHANNEL}/test_reconnect.py::test_class_22_nothing_but_reestablish_is_taken_first",
        f"{_CHANNEL}/test_reconnect.py::test_class_22_a_second_reestablish_on_one_connection_is_refused",
    ),
    23: (
        "tests/unit/lightning/sphinx/test_packet.py::test_class_23_a_payload_length_without_sense_is_no_payload",
    ),
    24: (
        f"{_NODE}/test_router.py::test_class_24_the_same_onion_a_second_time_is_refused",
        f"{_NODE}/test_router.py::test_class_24_what_was_carried_on_before_a_restart_is_known_after_it",
    ),
    25: (
        "tests/unit/lightning/payment/test_incoming.py::test_class_25_what_was_asked_for_is_accepted_to_the_last_block_and_millisecond",
        "tests/unit/lightning/payment/test_incoming.py::test_class_25_and_28_every_reason_not_to_know_a_payment_looks_the_same",
        f"{_NODE}/test_invoices.py::test_class_25_a_payload_without_a_secret_is_refused",
    ),
    26: (
        f"{_RULES}::test_class_26_the_preimage_of_an_unpaid_invoice_is_not_ours_to_use",
        f"{_RULES}::test_class_26_without_its_preimage_an_incoming_htlc_is_not_claimed_on_chain",
        "tests/unit/lightning/payment/test_incoming.py::test_class_26_a_set_is_whole_with_its_last_part_and_not_before",
        "tests/unit/lightning/payment/test_incoming.py::test_class_26_a_part_of_another_total_does_not_join",
        f"{_NODE}/test_ended_channels.py::test_class_26_a_part_whose_channel_ended_does_not_complete_its_payment",
        f"{_NODE}/test_invoices.py::test_class_26_parts_wait_for_each_other_and_are_settled_together",
    ),
    27: (
        "tests/unit/lightning/payment/test_incoming.py::test_class_27_a_node_before_us_that_kept_money_or_time_is_told_so",
        "tests/unit/lightning/payment/test_incoming.py::test_class_27_what_was_kept_back_of_an_unasked_payment_is_found_out",
        f"{_NODE}/test_invoices.py::test_class_27_a_router_that_keeps_something_back_is_found_out",
    ),
    28: (
        "tests/unit/lightning/payment/test_incoming.py::test_class_25_and_28_every_reason_not_to_know_a_payment_looks_the_same",
        f"{_NODE}/test_invoices.py::test_class_28_a_wrong_secret_an_unknown_hash_and_an_early_expiry_look_the_same",
    ),
    29: (
        f"{_NODE}/test_invoices.py::test_class_29_an_invoice_that_was_paid_is_refused_the_second_time",
        f"{_NODE}/test_keysend.py::test_class_29_the_same_proof_buys_nothing_twice",
    ),
    30: (
        "tests/practice/test_every_commit.py::test_class_30_killed_at_any_commit_a_payment_ends_exactly_once",
        "tests/practice/test_every_commit.py::test_class_30_killed_at_any_commit_a_payment_in_parts_ends_exactly_once",
        f"{_NODE}/test_parts.py::test_class_30_with_one_part_hanging_a_payment_is_neither_failed_nor_paid_twice",
        f"{_NODE}/test_payments.py::test_class_30_what_is_paid_already_is_answered_and_not_paid_again",
        f"{_NODE}/test_payments.py::test_class_30_never_two_htlcs_at_once_for_one_hash",
    ),
    31: (
        f"{_NODE}/test_payments.py::test_class_31_another_amount_than_the_invoice_says_is_refused",
        f"{_INVOICE}/test_bolt12.py::test_class_31_an_answer_to_another_request_is_refused",
        f"{_INVOICE}/test_bolt12.py::test_class_31_another_amount_than_was_agreed_on_is_refused",
        f"{_INVOICE}/test_bolt12.py::test_class_31_the_offers_amount_is_agreed_on_where_the_request_names_none",
        f"{_INVOICE}/test_bolt12.py::test_class_31_an_amount_that_nobody_agreed_on_is_refused",
    ),
    32: (
        f"{_NODE}/test_parts.py::test_class_32_the_fee_limit_is_for_all_parts_together",
        "tests/unit/lightning/routing/test_pathfind.py::test_class_32_a_hint_of_the_largest_numbers_harms_nothing",
        f"{_NODE}/test_payments.py::test_class_32_a_fee_of_one_msat_over_the_limit_is_not_paid",
        f"{_NODE}/test_payments.py::test_class_32_money_is_never_locked_for_longer_than_the_limit",
    ),
    33: (
        f"{_RULES}::test_class_33_nobody_reads_the_channel_update_inside_a_failure",
        f"{_RULES}::test_class_33_every_short_failure_is_as_long_as_any_other",
        "tests/unit/lightning/sphinx/test_errors.py::test_class_33_arbitrary_bytes_come_from_nobody",
    ),
    34: (
        f"{_INVOICE}/test_bolt11.py::test_class_34_each_broken_rule_has_its_own_error",
        f"{_INVOICE}/test_bolt11.py::test_class_34_more_than_7089_characters_are_refused",
        f"{_INVOICE}/test_bolt12_text.py::test_class_34_a_letter_that_becomes_ours_in_lower_case_is_refused",
        f"{_INVOICE}/test_bolt12_text.py::test_class_34_more_than_20000_characters_are_refused_joints_and_all",
        f"{_INVOICE}/test_bolt12_text.py::test_class_34_what_is_no_bech32_is_refused",
        f"{_INVOICE}/test_offer.py::test_class_34_a_stream_that_fits_into_no_text_is_refused",
        "tests/vectors/test_bolt12_offers.py::test_class_34_an_invalid_offer_is_refused",
        "tests/vectors/test_bolt11_examples.py::test_class_34_every_invalid_example_is_refused_for_its_own_reason",
    ),
    35: (
        f"{_NODE}/test_blinded_routes.py::test_class_35_behind_the_first_node_every_failure_is_the_same",
        f"{_NODE}/test_blinded_routes.py::test_class_35_the_first_node_says_as_little_of_records_that_do_not_belong_there",
        f"{_NODE}/test_blinded_routes.py::test_class_24_and_35_the_first_node_says_as_little_of_an_onion_that_came_before",
        f"{_NODE}/test_blinded_routes.py::test_class_17_and_35_the_first_node_says_as_little_of_dust_beyond_its_bound",
        f"{_NODE}/test_offers.py::test_class_35_two_who_share_a_channel_pay_each_other",
        f"{_NODE}/test_onion_messages.py::test_class_35_an_answer_to_a_path_that_begins_with_us_goes_on_behind_us",
        f"{_NODE}/test_onion_messages.py::test_class_35_an_answer_to_a_path_to_ourselves_goes_nowhere",
        "tests/unit/lightning/onion_message/test_message.py::test_class_35_a_path_that_begins_with_ourselves_is_entered_behind_us",
        "tests/unit/lightning/onion_message/test_message.py::test_class_35_a_path_to_ourselves_alone_leads_nowhere",
        "tests/unit/lightning/payment/test_blinded.py::test_class_35_whatever_breaks_a_rule_is_one_error",
        "tests/unit/lightning/payment/test_blinded.py::test_class_35_a_path_that_begins_with_us_is_entered_behind_us",
        "tests/unit/lightning/payment/test_blinded.py::test_class_35_a_path_that_is_ours_alone_or_not_ours_leads_nowhere",
    ),
    36: (
        f"{_SERVICES}/test_nwc_budget.py::test_class_36_a_hundred_at_once_do_not_pass_the_budget",
        f"{_SERVICES}/test_nwc_budget.py::test_class_36_killed_between_hold_and_order_nothing_was_paid_and_all_comes_back",
        f"{_SERVICES}/test_nwc_budget.py::test_class_36_killed_between_settlement_and_commit_the_cost_is_counted",
        f"{_SERVICES}/test_nwc_budget.py::test_class_36_what_is_under_way_counts_with_its_whole_fee_limit",
        "tests/practice/test_served_wallet.py::test_class_36_over_a_real_relay_a_hundred_requests_do_not_pass_the_budget",
        "tests/unit/adapters/storage/test_connection_store.py::test_class_36_the_database_refuses_an_entry_that_cannot_be",
        "tests/unit/tips/test_connection.py::test_class_36_however_orders_come_and_end_the_budget_is_not_passed",
    ),
    37: (
        "tests/unit/lightning/onchain/test_resolution.py::test_class_37_the_preimage_is_found_in_whatever_way_the_peer_takes_the_htlc",
    ),
    38: (
        "tests/unit/lightning/onchain/test_resolution.py::test_class_38_an_htlc_is_lost_only_when_its_end_is_buried",
    ),
    39: (
        "tests/practice/test_resolution.py::test_class_39_a_router_settles_upstream_with_a_preimage_from_the_chain",
        f"{_CHANNEL}/test_normal.py::test_class_39_a_preimage_is_stored_before_it_is_used_or_sent",
    ),
    40: (
        "tests/practice/test_watchman.py::test_class_40_after_a_restart_peers_get_time_before_anything_is_forced",
        "tests/practice/test_watchman.py::test_class_40_patience_ends",
        "tests/unit/lightning/onchain/test_deadlines.py::test_class_40_an_offered_htlc_may_be_failed_for_two_blocks_after_its_expiry",
        "tests/unit/lightning/onchain/test_deadlines.py::test_class_40_a_fulfilled_htlc_is_taken_to_the_chain_eighteen_blocks_before",
    ),
    41: (
        "tests/practice/test_watchman.py::test_class_41_opening_leaves_coins_for_the_fees_of_closing_alone",
        "tests/unit/lightning/onchain/test_bumping.py::test_class_41_no_fee_exceeds_its_budget",
        f"{_NODE}/test_feerates.py::test_class_41_a_commitment_keeps_twice_what_mempools_ask_through_a_spike",
    ),
    42: (
        "tests/practice/test_resolution.py::test_class_42_a_fee_spike_is_answered_by_the_anchor_and_never_beyond_the_budget",
        "tests/unit/lightning/onchain/test_bumping.py::test_class_42_a_replacement_pays_a_step_more_or_is_not_made",
    ),
    43: (f"{_RULES}::test_class_43_no_claim_hangs_on_another_ones_input",),
    44: (
        "tests/practice/test_resolution.py::test_class_44_a_cheat_loses_everything_whatever_old_state_it_shows",
        "tests/unit/lightning/onchain/test_resolution.py::test_class_44_every_output_of_every_revoked_commitment_is_taken",
        "tests/unit/lightning/onchain/test_resolution.py::test_class_44_the_second_stage_of_a_revoked_commitment_is_taken_too",
    ),
    45: (
        "tests/practice/test_resolution.py::test_class_45_the_payee_takes_an_htlc_from_the_payers_commitment_with_its_preimage",
    ),
    46: (
        "tests/practice/test_resolution.py::test_class_46_a_reorganised_closing_is_followed_again",
        "tests/practice/test_resolution.py::test_class_46_a_closing_by_agreement_that_turns_into_a_cheat_is_punished",
    ),
    47: (
        "tests/unit/lightning/onchain/test_resolution.py::test_class_47_an_agreed_closing_is_no_commitment",
    ),
    48: (
        f"{_RULES}::test_class_48_whatever_a_block_may_hold_can_be_read",
        "tests/unit/adapters/chain/test_compared_source.py::test_class_48_a_server_that_leaves_out_a_spend_is_dropped",
        "tests/unit/adapters/chain/test_compared_source.py::test_class_48_a_false_proof_drops_whoever_gave_it",
        "tests/unit/bitcoin/test_headers.py::test_class_48_a_header_without_work_is_refused",
    ),
    49: (
        f"{_CHANNEL}/test_backup.py::test_class_49_a_restored_channel_broadcasts_nothing_and_asks_its_peer_to_close",
    ),
    50: (
        f"{_CHANNEL}/test_normal.py::test_class_50_one_htlc_more_than_was_announced_is_refused",
        f"{_NODE}/test_bad_channel_peers.py::test_class_50_one_htlc_too_many_is_refused",
    ),
    51: (f"{_RULES}::test_class_51_filters_one_after_another_leave_one_backlog",),
    52: (
        f"{_NODE}/test_connections.py::test_class_52_idle_strangers_make_room_and_peers_with_channels_stay",
        f"{_NODE}/test_floods.py::test_class_52_what_one_turn_asks_for_is_bounded",
        f"{_NODE}/test_peers.py::test_class_52_a_peer_that_reads_nothing_is_dropped_before_memory_fills",
    ),
    53: (
        f"{_RULES}::test_class_53_gossip_with_a_timestamp_of_zero_or_the_end_of_time_is_passed_over",
    ),
    54: (
        "tests/unit/lightning/gossip/test_inbox.py::test_class_54_one_source_and_all_together_are_bounded",
        f"{_NODE}/test_floods.py::test_class_54_gossip_that_is_huge_waits_nowhere",
    ),
    55: (f"{_RULES}::test_class_55_ids_from_range_replies_are_bounded_and_never_unpacked",),
    56: (
        f"{_NODE}/test_floods.py::test_class_56_a_peer_that_asks_for_all_channels_again_and_again_is_refused",
    ),
    57: (
        "tests/unit/lightning/gossip/test_verify.py::test_class_57_each_of_the_four_signatures_is_checked",
        "tests/unit/lightning/gossip/test_verify.py::test_class_57_node_ids_stand_in_order",
        f"{_NODE}/test_gossip.py::test_class_57_a_channel_that_the_chain_does_not_know_is_not_learnt",
    ),
    58: (
        f"{_RULES}::test_class_58_what_came_too_early_does_not_keep_out_what_comes_later",
        "tests/unit/lightning/gossip/test_graph.py::test_class_58_gossip_about_what_is_unknown_is_ignored",
    ),
    59: (f"{_NODE}/test_peers.py::test_class_59_who_says_nothing_after_connecting_is_hung_up_on",),
    60: (
        f"{_NODE}/test_floods.py::test_class_60_a_ping_flood_is_ended_after_some_answers",
        f"{_NODE}/test_peers.py::test_class_60_pings_that_ask_for_no_answer_get_none",
    ),
    61: (
        f"{_NODE}/test_offers.py::test_class_61_a_peer_that_floods_is_read_no_more",
        f"{_NODE}/test_onion_messages.py::test_class_61_a_peer_that_floods_is_read_no_more",
    ),
    62: (
        f"{_PEERS}::test_class_62_what_a_peer_may_have_us_write_is_bounded",
        f"{_PEERS}::test_class_62_a_stranger_without_a_channel_has_nothing_written",
        f"{_PEERS}::test_class_62_a_flood_of_warnings_is_not_a_flood_of_log_lines",
    ),
}
