// Skickar en första order till Kvitt och läser svaret i flödet. Behöver bara kafkajs.
//
//   node first_order.mjs ../order.json

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import kafkajs from "kafkajs";

const { CompressionTypes, Kafka, Partitioners, logLevel } = kafkajs;
const { KVITT_REGION: region, KAFKA_BOOTSTRAP, KAFKA_SECURITY, KAFKA_USERNAME, KAFKA_PASSWORD } = process.env;
const seconds = Number(process.env.QUICKSTART_SECONDS ?? 60);

const kafka = new Kafka({
  clientId: "quickstart",
  brokers: KAFKA_BOOTSTRAP.split(","),
  ssl: KAFKA_SECURITY === "SASL_SSL",
  sasl: { mechanism: "scram-sha-512", username: KAFKA_USERNAME, password: KAFKA_PASSWORD },
  logLevel: logLevel.ERROR,
});

const messageId = randomUUID();
const order = `JS-${messageId.slice(0, 8).toUpperCase()}`;

// DefaultPartitioner i kafkajs 2 är murmur2, som i Java; LegacyPartitioner bryter ordningen.
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
await producer.connect();
await producer.send({
  topic: `region.${region}.orders`,
  compression: CompressionTypes.GZIP, // kafkajs har bara gzip utan tillägg
  messages: [
    {
      key: order,
      value: readFileSync(process.argv[2]),
      headers: {
        ce_specversion: "1.0",
        ce_id: messageId,
        ce_source: `urn:region:${region}:quickstart`,
        ce_type: "orders.order.place.v1",
        ce_time: new Date().toISOString(),
        ce_subject: order,
        ce_region: region,
        "content-type": "application/json",
      },
    },
  ],
});
await producer.disconnect();
console.log(`Skickad: ${order}`);

// Gruppens namn ska börja med användarens, region-<kod>.
const consumer = kafka.consumer({ groupId: `region-${region}-quickstart-node` });
await consumer.connect();
await consumer.subscribe({ topic: `region.${region}.events`, fromBeginning: true });

const accepted = await new Promise((resolve) => {
  const late = setTimeout(() => {
    console.error(`Inget svar inom ${seconds} sekunder.`);
    resolve(false);
  }, seconds * 1000);
  const end = (answer) => {
    clearTimeout(late);
    resolve(answer);
  };
  consumer.run({
    eachMessage: async ({ message }) => {
      const kind = message.headers.ce_type.toString();
      const data = JSON.parse(message.value);
      if (data.message_id !== messageId && data.order !== order) return;
      console.log(`Svar: ${kind} ${data.status ?? data.outcome ?? data.reason} ${data.way_on ?? ""}`);
      if (kind === "region.order.reported.v1") end(true);
      if (kind === "region.message.refused.v1") end(false);
    },
  });
});
await consumer.disconnect();
process.exit(accepted ? 0 : 1);
