"""Where people write freely, or where it stands who a person is: each such column of every service;
and those that have room for any text and hold none. A column that is new stands in one of the two.
"""

from typing import Final

_VAULT: Final = "the vault (REF-1)"
_DELIVERY: Final = "an address and contacts for one errand alone (ORD-3)"

FREE_TEXT: Final = {
    **{
        f"orders.person_details.{column}": _VAULT
        for column in (
            *("identity", "name", "address", "phone", "stated_phone"),
            *("door_code", "instructions"),
        )
    },
    "orders.person_corrections.changed": "what was corrected in the vault (REF-24)",
    **{
        f"orders.user_contacts.{column}": "how a user is reached at work (BMB-8)"
        for column in ("name", "words", "phone", "mobile", "email")
    },
    "orders.block_openings.reason": "why somebody opened a block (REF-25)",
    "orders.person_accesses.reason": "why somebody opened a person (REF-19)",
    "orders.order_details.delivery": _DELIVERY,
    "orders.order_details.comments": "what somebody writes to the one who picks",
    "orders.purchase_order_details.comments": "what somebody writes to the supplier (ORD-11)",
    "orders.pickup_details.delivery": _DELIVERY,
    "orders.work_order_details.delivery": _DELIVERY,
    "orders.work_order_details.description": "what is wanted, or wrong (ACT-2)",
    "orders.work_order_details.application": "what somebody writes of an application (ACT-5)",
    "orders.work_orders.action": "what a technician has done (ACT-4)",
    "orders.work_orders.decision_reason": "why an application is decided so (ACT-5)",
    "orders.work_order_notes.text": "technicians' notes (ACT-3)",
    "orders.application_drafts.application": "what somebody writes of an application (ACT-5)",
    "orders.order_drafts.written": "what somebody writes of an order (ORD-1)",
    "orders.attachments.name": "what somebody calls a file (ORD-16)",
    "orders.cases.text": "what somebody asks of customer service (CAS-1)",
    "orders.cases.answer": "what customer service answers (CAS-1)",
    "orders.fault_reports.text": "what is wrong with a device (ACT-6)",
    "orders.fault_reports.responsible_text": "what the responsible says of it (ACT-6)",
    "orders.fault_reports.technician_text": "what the technicians say of it (ACT-6)",
    "orders.template_names.name": "what somebody calls a template (ORD-9)",
    "bmb.transfer_texts.to_receiver": "what the sender writes to the receiver (BMB-1)",
    "bmb.transfer_texts.to_sender": "what the receiver answers (BMB-5)",
    "inventory.article_files.name": "what somebody calls a file (INV-2)",
    "inventory.article_files.description": "what customer service says of a file (INV-2)",
    "inventory.article_information.text": "what customer service writes of an article (INV-2)",
    "inventory.article_information.link": "a page of the supplier's (INV-2)",
    "inventory.damage_notes.note": "what has happened to a device (INV-15)",
    "inventory.device_notes.text": "what somebody writes on a device's card (INV-5)",
    "inventory.supplier_returns.comment": "why something goes back (INV-8)",
    "billing.selections.name": "what somebody calls a selection (BIL-14)",
    "billing.selections.filters": "what somebody seeks invoices by (BIL-14)",
    "notifications.news_texts.title": "what customer service publishes (NTF-5)",
    "notifications.news_texts.text": "what customer service publishes (NTF-5)",
}
"""Columns that hold who a person is, or what somebody wrote freely (architecture §3), and why."""

SEALED: Final = {
    *(f"orders.person_details.{one}" for one in ("identity", "name", "address", "phone")),
    *(f"orders.person_details.{one}" for one in ("stated_phone", "door_code", "instructions")),
    "orders.person_corrections.changed",
    *("orders.order_details.delivery", "orders.order_details.comments"),
    *("orders.purchase_order_details.comments", "orders.pickup_details.delivery"),
    *(f"orders.work_order_details.{one}" for one in ("delivery", "description", "application")),
    *("orders.work_orders.action", "orders.work_orders.decision_reason"),
    *("orders.work_order_notes.text", "orders.application_drafts.application"),
    *("orders.order_drafts.written", "orders.attachments.name"),
    *("orders.cases.text", "orders.cases.answer", "orders.block_openings.reason"),
    *(f"orders.fault_reports.{one}" for one in ("text", "responsible_text", "technician_text")),
}
"""Those that are sealed with the key of the person whom they concern (REF-22)."""

_OF_STAFF: Final = "of who works with Kvitt, or for all of them; it concerns no patient"
_OF_A_THING: Final = "of a device or an article; what is of a person's device goes at erasure"

NOT_SEALED: Final = {
    **{f"orders.user_contacts.{one}": _OF_STAFF for one in ("name", "words", "phone", "mobile")},
    **dict.fromkeys(("orders.user_contacts.email", "orders.template_names.name"), _OF_STAFF),
    **dict.fromkeys(("billing.selections.name", "billing.selections.filters"), _OF_STAFF),
    **dict.fromkeys(("notifications.news_texts.title", "notifications.news_texts.text"), _OF_STAFF),
    **dict.fromkeys(
        (
            *("inventory.article_files.name", "inventory.article_files.description"),
            *("inventory.article_information.text", "inventory.article_information.link"),
            *("inventory.damage_notes.note", "inventory.device_notes.text"),
            "inventory.supplier_returns.comment",
        ),
        _OF_A_THING,
    ),
    "orders.person_accesses.reason": "of a log that is chained, and that the law keeps (REF-19)",
    **dict.fromkeys(
        ("bmb.transfer_texts.to_receiver", "bmb.transfer_texts.to_sender"),
        "bmb has no keys of persons: they are deleted at erasure (decision 0529)",
    ),
}
"""Those that are not, and why (decision 0529)."""

_NAMED: Final = "what a register calls a unit, a payer, a supplier or an article"
_PLACE: Final = "where a unit, a payer or a supplier is"
_OF_SUPPLIER: Final = "how a supplier is reached (REF-13)"
_POLICY: Final = "a version of the policy, with its digest"
_CODE: Final = "a code of ours"
_KEY: Final = "a key: a reference or a unit's code"
_MONTH: Final = "a month or a week"
_NUMBER: Final = "a number of ours, or of a thing"

NO_FREE_TEXT: Final = {
    **dict.fromkeys(
        (
            *(f"bmb.{table}.name" for table in ("care_units", "customers", "payers")),
            *(f"orders.{table}.name" for table in ("care_units", "customers", "payers")),
            *("orders.articles.name", "orders.suppliers.name", "inventory.stores.name"),
            *("notifications.orders.name", "notifications.transfers.name"),
            *("billing.articles.name", "billing.payers.name", "billing.suppliers.name"),
            *("billing.documents.article_names", "billing.documents.payer_name"),
            *(
                f"inventory.articles.{column}"
                for column in ("name", "product", "supplier", "unit", "search_text", "sort_name")
            ),
            *("inventory.article_grams.gram", "inventory.article_grams.sort_name"),
            *("inventory.articles.fee_group", "orders.articles.fee_group"),
            "notifications.orders.lines",
        ),
        _NAMED,
    ),
    **dict.fromkeys(
        (
            *(f"orders.{table}.address" for table in ("customers", "payers", "suppliers")),
            *("orders.payers.endpoint", "billing.payers.address", "billing.payers.endpoint"),
            *("orders.replenishment_addresses.address", "billing.documents.parties"),
        ),
        _PLACE,
    ),
    **dict.fromkeys(("orders.suppliers.order_email", "orders.suppliers.phone"), _OF_SUPPLIER),
    **dict.fromkeys(
        (
            *("bmb.transfers.policy", "notifications.transfers.policy"),
            *(
                f"orders.{table}.policy"
                for table in ("basket_loans", "orders", "pickups", "work_orders")
            ),
            "billing.supplier_invoices.policy",
        ),
        _POLICY,
    ),
    **dict.fromkeys(
        (
            *("bmb.transfers.void_reason", "orders.orders.refusal", "orders.pickups.refused"),
            *("orders.fault_reports.refused", "orders.person_accesses.purpose"),
            "orders.person_accesses.act",
            *("orders.person_details.home_region", "orders.attachments.media_type"),
            "orders.rekeyings.index_name",
            "inventory.article_files.media_type",
            *("inventory.holds.refused", "inventory.reservations.decline_reason"),
            *("inventory.refused_prescribers.reason", "inventory.stock_moves.kind"),
            *("inventory.devices.holder_kind", "notifications.messages.about_kind"),
            *("notifications.reports.status", "notifications.reports.thing"),
            "notifications.reports.said",  # what stands on the region's feed: codes and numbers
            *("billing.month_previews.step", "billing.region_sales.refused"),
            *("billing.documents.template", "billing.set_aside.reason"),
            *("notifications.webhooks.types", "notifications.webhooks.failure"),
            *("notifications.webhooks.test_answer", "notifications.webhooks.secrets"),
        ),
        _CODE,
    ),
    **dict.fromkeys(
        (
            *("inventory.devices.holder_key", "inventory.sip_numbers.holder_key"),
            *("billing.charges.payer_key", "billing.invoices.payer_key"),
            *("billing.payer_previews.payer_key", "billing.preview_findings.subject"),
            *("billing.set_aside.subject", "billing.counters.name"),
            *("billing.print_file_fetches.payers", "billing.invoice_runs.trying"),
            *("inventory.deliveries.reference", "notifications.emails.to_id"),
            "notifications.webhooks.url",  # a system's, refused where it names a person (NTF-4b)
        ),
        _KEY,
    ),
    **dict.fromkeys(
        (
            *(
                f"billing.{table}.month"
                for table in (
                    *("invoice_runs", "invoices", "ledger_periods", "month_previews"),
                    *("payer_previews", "preview_findings", "print_file_fetches", "set_aside"),
                )
            ),
            "orders.number_series.series_week",
        ),
        _MONTH,
    ),
    **dict.fromkeys(
        (
            *("billing.invoices.number", "billing.print_file_fetches.first_number"),
            *("billing.print_file_fetches.last_number", "orders.receipts.lines"),
            *("inventory.devices.number_text", "inventory.devices.serial_number"),
            "inventory.devices.owner",
            "inventory.sip_numbers.sip_number",
            "orders.log_reviews.case_number",
        ),
        _NUMBER,
    ),
    **dict.fromkeys(
        (
            *("billing.invoice_runs.previewed_state", "billing.month_previews.previewed_state"),
            *("billing.payer_previews.digest", "orders.attachments.sha256"),
            "inventory.article_files.sha256",
        ),
        "a digest",
    ),
    **dict.fromkeys(
        (
            *("orders.key_rings.name", "orders.key_rings.versions", "orders.person_keys.wrapped"),
            "orders.attachments.file_key",
        ),
        "keys, wrapped",
    ),
    "billing.documents.facts": "what an invoice says of itself",
}
"""Columns with room for any text, and what stands in them instead."""
