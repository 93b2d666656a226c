#!/bin/bash
# One node: broker and controller, clients by TLS and SCRAM. `keystore.pem` is its key and certificates, `ca.crt` the authority.
set -euo pipefail
admin=$(cat /run/secrets/kvitt/admin)
scram=org.apache.kafka.common.security.scram.ScramLoginModule
cat > /tmp/server.properties <<END
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9094
listeners=CLIENT://:9093,CONTROLLER://localhost:9094
advertised.listeners=CLIENT://kafka:9093
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:SSL
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
ssl.keystore.type=PEM
ssl.keystore.location=/etc/kvitt/tls/keystore.pem
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kvitt/tls/ca.crt
listener.name.controller.ssl.client.auth=required
listener.name.controller.ssl.principal.mapping.rules=RULE:.*/controller/
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=$scram required username="admin" password="$admin";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:admin;User:controller
log.dirs=/var/lib/kafka/data
log.message.timestamp.type=LogAppendTime
auto.create.topics.enable=false
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
END
cd /opt/kafka/bin
./kafka-storage.sh format --standalone --ignore-formatted --cluster-id "$(cat /run/secrets/kvitt/cluster-id)" \
    --config /tmp/server.properties --add-scram "SCRAM-SHA-512=[name=admin,password=$admin]"
exec ./kafka-server-start.sh /tmp/server.properties
