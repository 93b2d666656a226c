#!/bin/sh
# Skickar en första order till Kvitt över HTTP och läser svaret i flödet. Behöver bara curl.
#
#   sh first_order.sh ../order.json
set -eu

id=$(cat /proc/sys/kernel/random/uuid)
order="CURL-$(printf %.8s "$id" | tr a-f A-F)"
seconds=${QUICKSTART_SECONDS:-60}

ask() { # curl, med regionens token ur en fil: den ska inte stå på kommandoraden
    curl --silent --show-error --fail-with-body --max-time 30 --header "@$KVITT_HEADERS" "$@"
}

# Binärt läge: attributen i headers, ordern som den är i kroppen. Svaret är 202 när den är sparad.
ask --data-binary "@$1" \
    --header "content-type: application/json" \
    --header "ce-specversion: 1.0" \
    --header "ce-id: $id" \
    --header "ce-source: urn:region:$KVITT_REGION:quickstart" \
    --header "ce-type: orders.order.place.v1" \
    --header "ce-time: $(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --header "ce-subject: $order" \
    --header "ce-region: $KVITT_REGION" \
    "$KVITT_ORDERS_URL/region-messages"
echo
echo "Skickad: $order"

# Flödet sida för sida: `next` är var nästa sida börjar, och sparas av den som läser vidare senare.
after=
end=$(($(date +%s) + seconds))
while [ "$(date +%s)" -lt "$end" ]; do
    page=$(ask --get ${after:+--data-urlencode "after=$after"} --data "limit=100" "$KVITT_NOTIFICATIONS_URL/feed")
    told=$(printf '%s' "$page" | sed 's/{"specversion"/\n&/g' | grep -e "$id" -e "\"$order\"" || true)
    [ -z "$told" ] || printf 'Svar: %s\n' "$told"
    case $told in
    *region.order.reported.v1*) exit 0 ;;
    *region.message.refused.v1*) exit 1 ;;
    esac
    next=$(printf '%s' "$page" | sed -n 's/.*"next": *"\([^"]*\)".*/\1/p')
    [ -n "$next" ] && [ "$next" != "$after" ] || sleep 1
    after=${next:-$after}
done
echo "Inget svar inom $seconds sekunder." >&2
exit 1
