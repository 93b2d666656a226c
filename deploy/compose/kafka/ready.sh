#!/bin/bash
set -euo pipefail
source /etc/kvitt/kafka/client.sh
/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server kafka:9093 --command-config /tmp/admin.properties > /dev/null
