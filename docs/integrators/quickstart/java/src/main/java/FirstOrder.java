import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Skickar en första order till Kvitt och läser svaret i flödet: java -jar first-order.jar order.json */
public final class FirstOrder {
  private static final Map<String, String> ENV = System.getenv();
  private static final String REGION = ENV.get("KVITT_REGION");
  private static final Duration PATIENCE =
      Duration.ofSeconds(Long.parseLong(ENV.getOrDefault("QUICKSTART_SECONDS", "60")));

  public static void main(String[] arguments) throws Exception {
    String messageId = UUID.randomUUID().toString();
    String order = "JAVA-" + messageId.substring(0, 8).toUpperCase();
    send(messageId, order, Files.readAllBytes(Path.of(arguments[0])));
    System.out.println("Skickad: " + order);
    System.exit(isRegistered(messageId, order) ? 0 : 1);
  }

  private static void send(String messageId, String order, byte[] body) throws Exception {
    // Partitioneraren ska vara den förvalda: den placerar nycklar med murmur2.
    Properties settings = connection();
    settings.put("compression.type", "gzip");
    try (var producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      var record =
          new ProducerRecord<>("region." + REGION + ".orders", order.getBytes("UTF-8"), body);
      Map<String, String> headers =
          Map.of(
              "ce_specversion", "1.0",
              "ce_id", messageId,
              "ce_source", "urn:region:" + REGION + ":quickstart",
              "ce_type", "orders.order.place.v1",
              "ce_time", Instant.now().toString(),
              "ce_subject", order,
              "ce_region", REGION,
              "content-type", "application/json");
      for (var header : headers.entrySet()) {
        record.headers().add(header.getKey(), header.getValue().getBytes("UTF-8"));
      }
      producer.send(record).get();
    }
  }

  private static boolean isRegistered(String messageId, String order) throws Exception {
    Properties settings = connection();
    settings.put("group.id", "region-" + REGION + "-quickstart-java"); // ska börja med region-<kod>
    settings.put("auto.offset.reset", "earliest");
    var json = new ObjectMapper();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("region." + REGION + ".events"));
      Instant ends = Instant.now().plus(PATIENCE);
      while (Instant.now().isBefore(ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          JsonNode data = json.readTree(record.value());
          if (!data.path("message_id").asText().equals(messageId)
              && !data.path("order").asText().equals(order)) {
            continue;
          }
          String kind = new String(record.headers().lastHeader("ce_type").value(), "UTF-8");
          System.out.println("Svar: " + kind + " " + data);
          if (kind.equals("region.order.reported.v1")) return true;
          if (kind.equals("region.message.refused.v1")) return false;
        }
      }
    }
    System.err.println("Inget svar inom " + PATIENCE.toSeconds() + " sekunder.");
    return false;
  }

  private static Properties connection() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", ENV.get("KAFKA_BOOTSTRAP"));
    settings.put("security.protocol", ENV.get("KAFKA_SECURITY"));
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
            + ENV.get("KAFKA_USERNAME")
            + "\" password=\""
            + ENV.get("KAFKA_PASSWORD")
            + "\";");
    return settings;
  }
}
