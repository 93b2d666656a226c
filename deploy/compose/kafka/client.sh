# Sourced: how Kafka's own tools speak to the broker, as its super user.
cat > /tmp/admin.properties <<END
security.protocol=SASL_SSL
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kvitt/tls/ca.crt
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="$(cat /run/secrets/kvitt/admin)";
END
