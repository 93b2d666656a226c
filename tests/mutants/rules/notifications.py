"""Rule mutants of notifications: whom is told what, and what the region's own system hears."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/notifications/notifications"
_TESTS: Final = "services/notifications/tests"
_HTTP: Final = f"{_TESTS}/test_http.py::test"
_MESSAGES: Final = f"{_TESTS}/test_messages.py::test"
_OF_ORDERS: Final = f"{_TESTS}/test_orders.py::test"
_OF_TRANSFERS: Final = f"{_TESTS}/test_transfers.py::test"
_FEED: Final = f"{_TESTS}/test_feed.py::test"
_TRANSFERS: Final = f"{_CODE}/transfers/handlers.py"
_ORDERS: Final = f"{_CODE}/orders/handlers.py"
_OF_NEWS: Final = f"{_TESTS}/test_news.py::test"
_NEWS: Final = f"{_CODE}/news/api.py"

_HOOKS: Final = f"{_TESTS}/test_webhooks.py::test"
_FEED_HTTP: Final = f"{_TESTS}/test_feed_http.py::test"
_SENDING: Final = f"{_CODE}/webhooks/sending.py"
_CALLING: Final = f"{_CODE}/webhooks/calling.py"
_HOOK_RULES: Final = f"{_CODE}/webhooks/domain.py"
_HOOK_WRITES: Final = f"{_CODE}/webhooks/writes.py"

NOTIFICATIONS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "NTF-4b",
        "A webhook is signed by the oldest secret alone",
        _CALLING,
        "for secret in secrets]\n",
        "for secret in secrets[-1:]]\n",
        f"{_HOOKS}_a_secret_is_replaced_without_a_gap_and_stands_nowhere_in_plain_text",
    ),
    rule_mutant(
        "NTF-4b",
        "What failed is passed over by the next page",
        _SENDING,
        "return self._page.events[first - 1].place if first else before",
        "return self._page.next.number",
        f"{_HOOKS}_a_failure_is_tried_again_and_nothing_is_lost_or_out_of_its_keys_order",
    ),
    rule_mutant(
        "NTF-4b",
        "A redirect counts as received",
        _CALLING,
        "    if 200 <= status < 300:\n",
        "    if 200 <= status < 400:\n",
        f"{_HOOKS}_who_hangs_redirects_or_fails_all_day_harms_nobody_else",
    ),
    rule_mutant(
        "NTF-4b",
        "Any certificate will do",
        _SENDING,
        "        self._context = ssl.create_default_context()\n",
        "        self._context = ssl._create_unverified_context()\n",
        f"{_HOOKS}_a_wrong_certificate_gets_nothing_and_a_known_ones_does",
    ),
    rule_mutant(
        "NTF-4b",
        "A private network is called",
        _HOOK_RULES,
        "    return is_public(address) or (allows_loopback and address.is_loopback)\n",
        "    return not address.is_multicast\n",
        f"{_HOOKS}_a_name_that_leads_into_a_private_network_is_not_called",
    ),
    rule_mutant(
        "NTF-4b",
        "A receiver is tried for ever",
        _HOOK_WRITES,
        "WHEN since <= clock_timestamp() - make_interval(secs => :tried_for) THEN 'failing'",
        "WHEN since <= clock_timestamp() - make_interval(secs => 9 * :tried_for) THEN 'failing'",
        f"{_HOOKS}_after_three_days_of_failures_it_is_paused_by_itself_and_goes_on_where_it_was",
    ),
    rule_mutant(
        "NTF-4b",
        "What is said to one region is sent to another's webhook",
        f"{_CODE}/feed/queries.py",
        "        WHERE region = :region AND place > :after ORDER BY place LIMIT :looked_through\n",
        "        WHERE :region <> '' AND place > :after ORDER BY place LIMIT :looked_through\n",
        f"{_HOOKS}_a_regions_system_gets_its_feed_signed_and_nobody_elses",
    ),
    rule_mutant(
        "NTF-4c",
        "An event's place is drawn before it is visible",
        f"{_CODE}/feed/writes.py",
        "SELECT head.region, head.place + row_number() OVER so_far, events.id",
        "SELECT head.region, events.id, events.id",
        f"{_FEED_HTTP}_what_is_committed_late_comes_after_what_was_read_and_is_not_skipped",
    ),
    rule_mutant(
        "NTF-4c",
        "A cursor of another feed is taken",
        f"{_CODE}/feed/queries.py",
        "    if event_id is None or not place.is_of(event_id):\n",
        "    if event_id is None and place.number < 0:\n",
        f"{_FEED_HTTP}_a_cursor_that_is_none_or_another_feeds_is_refused_with_a_way_on",
    ),
    rule_mutant(
        "NTF-5a",
        "News is shown before its first day",
        _NEWS,
        "        shown.append(NewsRow.from_on <= tx.today)\n",
        "        pass\n",
        f"{_OF_NEWS}_news_is_shown_to_all_on_its_days_and_no_other",
    ),
    rule_mutant(
        "NTF-5b",
        "News of a product area is for who has any",
        f"{_CODE}/news/queries.py",
        "NewsRow.product_area.in_(areas))]",
        "NewsRow.product_area.is_not(None))]",
        f"{_OF_NEWS}_news_of_a_product_area_is_for_who_has_it",
    ),
    rule_mutant(
        "REF-11e",
        "Who has product areas is shown no news that is for all",
        f"{_CODE}/news/queries.py",
        "[or_(NewsRow.product_area.is_(None), NewsRow.product_area.in_(areas))]",
        "[or_(NewsRow.product_area.in_(areas))]",
        f"{_OF_NEWS}_news_of_a_product_area_is_for_who_has_it",
    ),
    rule_mutant(
        "NTF-6a",
        "The first of the region's links is not told",
        _NEWS,
        "for one in tx.policy.links])",
        "for one in tx.policy.links[1:]])",
        f"{_OF_NEWS}_the_regions_links_are_those_of_the_policy_in_force",
    ),
    rule_mutant(
        "NTF-1a",
        "The oldest message comes first",
        f"{_CODE}/api.py",
        'default="-posted_at"',
        'default="posted_at"',
        f"{_HTTP}_messages_come_newest_first_with_the_unread_counted",
    ),
    rule_mutant(
        "NTF-1a",
        "A user's list holds other users' messages",
        f"{_CODE}/queries.py",
        "    also=_is_to_staff_like,\n",
        "    also=lambda _: MessageRow.user_id.is_not(None),\n",
        f"{_HTTP}_a_user_sees_their_own_and_their_service_points_messages_only",
    ),
    rule_mutant(
        "NTF-1a",
        "A message to one service point is in the list of every other",
        f"{_CODE}/queries.py",
        "    also=_is_to_staff_like,\n",
        "    also=lambda _: MessageRow.user_id.is_(None),\n",
        f"{_HTTP}_a_user_sees_their_own_and_their_service_points_messages_only",
    ),
    rule_mutant(
        "NTF-1a",
        "Another user's message is opened",
        f"{_CODE}/queries.py",
        "    also=_is_to_staff_like,\n",
        "    also=lambda _: MessageRow.user_id.is_not(None),\n",
        f"{_HTTP}_a_message_of_somebody_else_cannot_be_opened_or_removed",
    ),
    rule_mutant(
        "REF-18b",
        "A message is within reach of its user alone, and of nobody at its service point",
        f"{_CODE}/queries.py",
        "    service_points=[MessageRow.service_point],\n    users=",
        "    users=",
        f"{_HTTP}_messages_of_each_service_point_in_the_register_are_listed_and_opened",
    ),
    rule_mutant(
        "REF-18e",
        "Who is inactive goes on reading messages",
        f"{_CODE}/register/handlers.py",
        "messages.project(UserRegistered, UserRow)",
        "messages.project(UserRegistered, UserRow, active=True)",
        f"{_HTTP}_who_is_inactive_neither_reads_nor_opens_nor_removes",
    ),
    rule_mutant(
        "NTF-1b",
        "A new message is marked as read",
        f"{_CODE}/messages/domain.py",
        "        status=Status.UNREAD,\n",
        "        status=Status.READ,\n",
        f"{_MESSAGES}_a_posted_message_is_unread",
    ),
    rule_mutant(
        "NTF-1b",
        "Opening leaves a message unread",
        f"{_CODE}/messages/domain.py",
        "return replace(message, status=Status.READ)",
        "return message",
        f"{_MESSAGES}_opening_marks_it_read",
    ),
    rule_mutant(
        "NTF-1b",
        "Read ones are counted as unread",
        f"{_CODE}/queries.py",
        "REACH.within(reader.grant), MessageRow.status == Status.UNREAD",
        "REACH.within(reader.grant), MessageRow.status != Status.REMOVED",
        f"{_HTTP}_opening_marks_read_and_says_where_the_thing_is",
    ),
    rule_mutant(
        "NTF-1c",
        "The link of a message leads to the message, not to what it is about",
        f"{_CODE}/messages/views.py",
        'path=f"{path}/{row.about_id}"',
        'path=f"{path}/{row.id}"',
        f"{_HTTP}_opening_marks_read_and_says_where_the_thing_is",
    ),
    rule_mutant(
        "NTF-1d",
        "A removed message stays in the list",
        f"{_CODE}/queries.py",
        "        .where(MessageRow.status != Status.REMOVED)\n",
        "        .where(MessageRow.status.is_not(None))\n",
        f"{_HTTP}_a_message_is_removed",
    ),
    rule_mutant(
        "NTF-1d",
        "Removing marks a message as read and no more",
        f"{_CODE}/messages/domain.py",
        "return replace(message, status=Status.REMOVED)",
        "return replace(message, status=Status.READ)",
        f"{_MESSAGES}_a_message_can_be_removed",
    ),
    rule_mutant(
        "NTF-2a",
        "A first delivery date is told as a changed one",
        _ORDERS,
        "    if event.changed:\n",
        "    if event.planned_dispatch_on:\n",
        f"{_OF_ORDERS}_a_changed_delivery_date_is_told_to_the_prescriber",
    ),
    rule_mutant(
        "ORD-4d",
        "A changed date is told to nobody",
        _ORDERS,
        "    if event.changed:\n"
        "        await _notify(row, MessageKind.DELIVERY_DATE_CHANGED, tx)\n",
        "    if event.changed:\n        return\n",
        f"{_OF_ORDERS}_a_changed_delivery_date_is_told_to_the_prescriber",
    ),
    rule_mutant(
        "ORD-15c",
        "An order is said to be in part delivered when all of it is",
        _ORDERS,
        "    if row.outstanding > 0 and not event.more_lines:\n",
        "    if not event.more_lines:\n",
        f"{_OF_ORDERS}_a_whole_order_in_one_arrival_is_delivered_and_never_in_part",
    ),
    rule_mutant(
        "ORD-15c",
        "An order is in part delivered by its lines, not by their pieces",
        _ORDERS,
        "    row.outstanding -= quantity\n",
        "    row.outstanding -= 1\n",
        f"{_OF_ORDERS}_the_region_hears_in_part_delivered_only_while_something_is_outstanding",
        f"{_OF_ORDERS}_a_whole_order_in_one_arrival_is_delivered_and_never_in_part",
    ),
    rule_mutant(
        "NTF-2c",
        "The receiver does not hear of a transfer to acknowledge",
        _TRANSFERS,
        "    TransferSent: MessageKind.TRANSFER_TO_ACKNOWLEDGE,\n",
        "",
        f"{_OF_TRANSFERS}_a_transfer_to_acknowledge_is_told_to_the_receiving_service_point",
    ),
    rule_mutant(
        "NTF-2d",
        "The sender does not hear of a rejection",
        _TRANSFERS,
        "    TransferRejected: MessageKind.TRANSFER_REJECTED,\n",
        "",
        f"{_OF_TRANSFERS}_an_answer_is_told_to_the_sender",
    ),
    rule_mutant(
        "BMB-5c",
        "A rejection is told to the sender as an acceptance",
        _TRANSFERS,
        "TransferRejected: MessageKind.TRANSFER_REJECTED,",
        "TransferRejected: MessageKind.TRANSFER_ACCEPTED,",
        f"{_OF_TRANSFERS}_an_answer_is_told_to_the_sender",
    ),
    rule_mutant(
        "NTF-2e",
        "The sender does not hear that a transfer is locked",
        _TRANSFERS,
        "    TransferRejected: MessageKind.TRANSFER_REJECTED,\n"
        "    TransferLocked: MessageKind.TRANSFER_LOCKED,\n",
        "    TransferRejected: MessageKind.TRANSFER_REJECTED,\n",
        f"{_OF_TRANSFERS}_an_expired_transfer_is_told_to_both_sides",
        f"{_OF_TRANSFERS}_in_a_region_without_notification_the_sender_still_hears_the_outcome",
    ),
    rule_mutant(
        "NTF-2f",
        "The receiver does not hear that a transfer is voided",
        _TRANSFERS,
        "    TransferVoided: MessageKind.TRANSFER_VOIDED,\n"
        "    TransferExecutedAutomatically: MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,\n"
        "    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,\n"
        "}\n_TO_REGION",
        "    TransferExecutedAutomatically: MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,\n"
        "    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,\n"
        "}\n_TO_REGION",
        f"{_OF_TRANSFERS}_an_expired_transfer_is_told_to_both_sides",
    ),
    rule_mutant(
        "NTF-2g",
        "The sender does not hear that a transfer is executed automatically",
        _TRANSFERS,
        "    TransferExecutedAutomatically: MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,\n"
        "    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,\n"
        "}\n_TO_RECEIVER",
        "    TransferLineDropped: MessageKind.TRANSFER_LINE_DROPPED,\n}\n_TO_RECEIVER",
        f"{_OF_TRANSFERS}_an_expired_transfer_is_told_to_both_sides",
    ),
    rule_mutant(
        "NTF-2h",
        "The receiver does not hear that the deadline is near",
        _TRANSFERS,
        "    TransferDeadlineNeared: MessageKind.TRANSFER_DEADLINE_NEAR,\n",
        "",
        f"{_OF_TRANSFERS}_a_near_deadline_is_told_to_the_receiver",
    ),
    rule_mutant(
        "BMB-9e",
        "In a region without notification the receiver is told all the same",
        _TRANSFERS,
        'return row.policy is not None and tx.pinned_policy(row.policy).transfer.notify != "none"',
        "return row.policy is not None",
        f"{_OF_TRANSFERS}_in_a_region_without_notification_the_receiver_is_not_told",
    ),
    rule_mutant(
        "NTF-4c",
        "The region is told when it was reported, not when it happened",
        f"{_CODE}/feed/writes.py",
        "return tx.message.time if tx.message is not None else tx.now",
        "return tx.now",
        f"{_FEED}_the_region_hears_of_its_order_by_its_own_name_and_when_it_happened",
    ),
    rule_mutant(
        "NTF-4c",
        "The region does not hear that a transfer was unlocked",
        _TRANSFERS,
        '    TransferUnlocked: "unlocked",\n',
        "",
        f"{_OF_TRANSFERS}_the_region_hears_how_a_transfer_ends_without_a_message_to_anybody",
    ),
    rule_mutant(
        "NTF-4c",
        "The region hears that a message was refused, and not of the next",
        f"{_CODE}/feed/domain.py",
        "            return Report(thing=event.message_id or place, status=status)",
        "            return Report(thing=event.message_id or place, status=event.topic)",
        f"{_FEED}_the_region_hears_what_becomes_of_a_message_that_is_quarantined",
    ),
)
