import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers: one for each way to send. */
final class Producing {
    private final Map<String, KafkaProducer<byte[], byte[]>> producers = new ConcurrentHashMap<>();

    private static KafkaProducer<byte[], byte[]> open(Object... pairs) {
        Map<String, Object> config = Driver.config(pairs);
        config.put("max.request.size", 64 << 20);
        config.put("delivery.timeout.ms", 110_000);
        config.put("request.timeout.ms", 15_000);
        config.put("linger.ms", 0);
        var bytes = new ByteArraySerializer();
        return new KafkaProducer<>(config, bytes, bytes);
    }

    private KafkaProducer<byte[], byte[]> producer(String acks, String codec, boolean idempotent) {
        return producers.computeIfAbsent(acks + codec + idempotent, key ->
                open("acks", acks, "compression.type", codec, "enable.idempotence", idempotent));
    }

    List<Map<String, Object>> produce(JsonNode request) throws Exception {
        boolean idempotent = request.get("idempotent").asBoolean();
        var producer = producer(
                request.get("acks").asText(), request.get("codec").asText(), idempotent);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (JsonNode record : request.get("records")) sent.add(producer.send(read(record)));
        List<Map<String, Object>> places = new ArrayList<>();
        for (var future : sent) {
            RecordMetadata got = future.get();
            places.add(Map.of(
                    "partition", got.partition(), "offset", got.hasOffset() ? got.offset() : -1));
        }
        return places;
    }

    private static ProducerRecord<byte[], byte[]> read(JsonNode record) {
        List<Header> headers = new ArrayList<>();
        for (JsonNode header : record.get("headers")) {
            headers.add(new RecordHeader(header.get(0).asText(), Driver.bytes(header.get(1))));
        }
        return new ProducerRecord<>(
                record.get("topic").asText(),
                record.has("partition") ? record.get("partition").asInt() : null,
                record.has("timestamp") ? record.get("timestamp").asLong() : null,
                Driver.bytes(record.get("key")),
                Driver.bytes(record.get("value")),
                headers);
    }

    /** How long it takes to begin with a transactional id, and with which error it ends. */
    Map<String, Object> transactional(JsonNode request) {
        Map<String, Object> answer = new HashMap<>();
        long begun = System.nanoTime();
        try (var producer = open(
                "transactional.id", request.get("transactionalId").asText(),
                "max.block.ms", request.get("timeoutMs").asInt())) {
            producer.initTransactions();
        } catch (RuntimeException failure) {
            answer.putAll(Driver.described(failure));
        }
        answer.put("millis", (System.nanoTime() - begun) / 1e6);
        return answer;
    }
}
