"""Rule mutants of mails: who is mailed, once, and who is told where that fails."""

from typing import Final

from tests.mutants.rules.rule_mutant import RuleMutant, rule_mutant

_CODE: Final = "services/notifications/notifications"
_ORDERS: Final = "services/orders/orders"
_TESTS: Final = "services/notifications/tests/test_emails.py::test"
_MAILED: Final = "tests/journeys/test_mails.py::test"
_CHOSEN: Final = "services/notifications/tests/test_preferences.py::test"
_SENDING: Final = f"{_CODE}/emails/sending.py"

MAILS: tuple[RuleMutant, ...] = (
    rule_mutant(
        "NTF-4a",
        "A region's many mails go before everybody else's",
        "services/notifications/notifications/emails/writes.py",
        "ORDER BY region = :last, next_try_at",
        "ORDER BY CAST(:last AS text) IS NULL, next_try_at",
        "tests/journeys/test_mails.py::test_a_region_with_many_mails_goes_before_no_other_for_long",
    ),
    rule_mutant(
        "NTF-4a",
        "What relatives order is mailed in every region",
        f"{_CODE}/emails/writes.py",
        "    is_to_all = is_of_region(routine, tx.policy)\n",
        '    is_to_all = is_of_region(routine, tx.policy) or routine == "pickup_by_relatives"\n',
        f"{_TESTS}_a_region_that_mails_what_relatives_order_mails_the_main_responsible",
    ),
    rule_mutant(
        "NTF-4a",
        "A hard refusal of the mail server is tried again",
        _SENDING,
        "except (OrdersRefuses, MailServerRefuses) as refused:\n"
        "            await self._settle(taken, refused.reason)",
        "except (OrdersRefuses, MailServerRefuses):\n"
        '            await self._put_off(taken, MailServerAway("no"))',
        f"{_MAILED}_what_the_mail_server_never_takes_fails_at_once_and_the_maker_is_told",
    ),
    rule_mutant(
        "NTF-4a",
        "A mail is tried for a month",
        f"{_CODE}/emails/domain.py",
        "TRIED_FOR: Final = timedelta(days=3)",
        "TRIED_FOR: Final = timedelta(days=30)",
        f"{_MAILED}_after_three_days_it_has_failed_and_the_maker_is_told",
    ),
    rule_mutant(
        "NTF-4a",
        "The maker is not told that a purchase order was not mailed",
        f"{_CODE}/purchase_orders/handlers.py",
        "told=event.by)",
        "told=None)",
        f"{_MAILED}_after_three_days_it_has_failed_and_the_maker_is_told",
    ),
    rule_mutant(
        "NTF-4a",
        "A mail has another Message-ID each time that it is tried",
        f"{_CODE}/emails/letters.py",
        'f"<{email_id}@{',
        'f"<{at:%H%M%S%f}@{',
        f"{_MAILED}_what_was_taken_and_not_answered_comes_again_under_the_same_id",
    ),
    rule_mutant(
        "NTF-4a",
        "Mails may go in the clear to a server elsewhere",
        f"{_CODE}/emails/settings.py",
        'if self.tls == "none" and not is_this_machine(self.host):',
        'if self.tls == "none" and not self.host:',
        f"{_TESTS}_a_mail_server_elsewhere_is_spoken_to_encrypted_or_nothing_starts",
    ),
    rule_mutant(
        "NTF-4d",
        "Who has chosen anything is mailed everything",
        f"{_CODE}/emails/writes.py",
        "routine in await chosen_by(to.user_id, tx)",
        "await chosen_by(to.user_id, tx)",
        f"{_CHOSEN}_a_user_chooses_and_is_mailed_of_what_they_chose_alone",
    ),
    rule_mutant(
        "NTF-4d",
        "What was chosen once is never chosen away",
        f"{_CODE}/preferences/domain.py",
        "chosen = tuple(one for one in ROUTINES if one in email)",
        "chosen = tuple(one for one in ROUTINES if one in email or (known and one in known.email))",
        f"{_CHOSEN}_a_user_chooses_and_is_mailed_of_what_they_chose_alone",
    ),
    rule_mutant(
        "NTF-4d",
        "A user's choice is that of everybody in the region",
        f"{_CODE}/preferences/domain.py",
        'return identify(region, "preferences", user_id)',
        'return identify(region, "preferences", region)',
        f"{_CHOSEN}_a_choice_is_ones_own_and_its_regions",
    ),
    rule_mutant(
        "NTF-4d",
        "A transfer is mailed to its sender alone",
        f"{_CODE}/transfers/handlers.py",
        "whom = dict.fromkeys(to for to, _ in told)",
        "whom = dict.fromkeys(to for to, _ in told if to == ToUser(user_id=row.sender))",
        f"{_CHOSEN}_the_sender_and_the_stand_in_are_mailed_where_they_chose_it",
    ),
    rule_mutant(
        "NTF-4d",
        "What mails no user is chosen",
        f"{_CODE}/preferences/domain.py",
        "if not set(email) <= set(ROUTINES):",
        "if email and not set(email) & set(ROUTINES):",
        f"{_CHOSEN}_what_cannot_be_chosen_is_refused_by_its_field_and_changes_nothing",
    ),
    rule_mutant(
        "NTF-4e",
        "Who has chosen gets nothing else, whatever the region mails",
        f"{_CODE}/emails/writes.py",
        "(is_to_all or routine in await chosen_by(to.user_id, tx))",
        "(routine in await chosen_by(to.user_id, tx))",
        f"{_CHOSEN}_what_the_region_mails_nobody_chooses_away",
    ),
    rule_mutant(
        "NTF-4e",
        "A user is not shown what the region mails anyhow",
        f"{_CODE}/preferences/views.py",
        "by_region=is_of_region(one, policy),",
        "by_region=False,",
        f"{_CHOSEN}_what_the_region_mails_nobody_chooses_away",
    ),
    rule_mutant(
        "ORD-11c",
        "A mailed purchase order is not sent in orders",
        f"{_ORDERS}/purchase_orders/mailing.py",
        "tx.record(row, *domain.send_by_kvitt(row.state(), sent_on=stockholm_day(sent_at)))",
        "domain.send_by_kvitt(row.state(), sent_on=stockholm_day(sent_at))",
        f"{_MAILED}_a_supplier_gets_its_order_as_pdf_and_the_order_is_sent",
    ),
    rule_mutant(
        "ORD-11c",
        "What somebody has sent is mailed besides",
        f"{_ORDERS}/purchase_orders/domain.py",
        "    if purchase_order.how is not None:\n        way_on",
        "    if purchase_order.how == SENDINGS[0]:\n        way_on",
        f"{_MAILED}_what_somebody_has_sent_meanwhile_is_not_mailed_and_nobody_is_told",
    ),
    rule_mutant(
        "ORD-11c",
        "Nobody is reminded of a purchase order that could not be mailed",
        f"{_ORDERS}/purchase_orders/mailing.py",
        "        remind_when_unsent(row, tx, from_on=tx.today)\n",
        "        assert row\n",
        f"{_MAILED}_what_the_mail_server_never_takes_fails_at_once_and_the_maker_is_told",
    ),
    rule_mutant(
        "INV-10b",
        "The unit is not mailed of its stocktaking",
        f"{_CODE}/stocktakings/handlers.py",
        "    await queue_to_users(tx, told, routine=STOCKTAKING, about=about)\n",
        "",
        f"{_TESTS}_a_unit_is_told_of_its_stocktaking_by_mail_where_the_region_wants_that",
    ),
    rule_mutant(
        "REF-18f",
        "A service's token is taken whomever it is for",
        "chassis/kvitt_chassis/auth.py",
        "audience=issuer.audience,",
        'audience=[issuer.audience, "kvitt"],',
        f"{_MAILED}_only_who_sends_mails_is_told_where_to",
    ),
)
