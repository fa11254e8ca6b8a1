import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer, used from a thread of its own only. */
final class Reader {
    private static final String ASSIGNORS = "org.apache.kafka.clients.consumer.";
    private static final Map<String, String> ASSIGNOR_CLASSES = Map.of(
            "range", ASSIGNORS + "RangeAssignor",
            "roundrobin", ASSIGNORS + "RoundRobinAssignor",
            "sticky", ASSIGNORS + "StickyAssignor",
            "cooperative-sticky", ASSIGNORS + "CooperativeStickyAssignor");

    final ExecutorService thread = Executors.newSingleThreadExecutor();
    private KafkaConsumer<byte[], byte[]> consumer;

    Object run(String operation, JsonNode request) {
        JsonNode partitions = request.get("partitions");
        switch (operation) {
            case "openConsumer": return open(request);
            case "poll": return poll(request.get("max").asInt(), request.get("timeoutMs").asLong());
            case "subscribe": consumer.subscribe(texts(request.get("topics"))); return null;
            case "assign": return assign(partitions);
            case "assignment": return consumer.assignment().stream()
                    .map(place -> Driver.described(place, 0)).toList();
            case "seek":
                consumer.seek(Driver.place(request), request.get("offset").asLong());
                return null;
            case "pause": consumer.pause(places(partitions)); return null;
            case "resume": consumer.resume(places(partitions)); return null;
            case "position": return consumer.position(Driver.place(request));
            case "commit": return commit(request.get("offsets"));
            case "committed": return committed(places(partitions));
            case "closeConsumer": close(); return null;
            default: throw new IllegalArgumentException("there is no operation " + operation);
        }
    }

    void close() {
        if (consumer != null) consumer.close();
        consumer = null;
    }

    private static String text(JsonNode request, String name) {
        return request.has(name) ? request.get(name).asText() : null;
    }

    static List<String> texts(JsonNode array) {
        List<String> all = new ArrayList<>();
        for (JsonNode one : array) all.add(one.asText());
        return all;
    }

    static Set<TopicPartition> places(JsonNode array) {
        Set<TopicPartition> all = new HashSet<>();
        for (JsonNode one : array) all.add(Driver.place(one));
        return all;
    }

    private Object open(JsonNode request) {
        String assignor = text(request, "assignor");
        Map<String, Object> config = Driver.config(
                "group.id", text(request, "group"),
                "group.instance.id", text(request, "instanceId"),
                "partition.assignment.strategy",
                assignor == null ? null : ASSIGNOR_CLASSES.get(assignor),
                "session.timeout.ms", text(request, "sessionTimeoutMs"),
                "heartbeat.interval.ms", text(request, "heartbeatMs"),
                "auto.offset.reset", text(request, "autoOffsetReset"),
                "enable.auto.commit", false,
                "fetch.max.wait.ms", 200);
        var bytes = new ByteArrayDeserializer();
        consumer = new KafkaConsumer<>(config, bytes, bytes);
        return null;
    }

    private Object assign(JsonNode partitions) {
        consumer.assign(places(partitions));
        for (JsonNode node : partitions) {
            TopicPartition place = Driver.place(node);
            JsonNode offset = node.get("offset");
            if (offset.isNumber()) {
                consumer.seek(place, offset.asLong());
                continue;
            }
            if (offset.asText().equals("earliest")) consumer.seekToBeginning(List.of(place));
            else consumer.seekToEnd(List.of(place));
            // The consumer asks for the offset only when it needs it, which may be later.
            consumer.position(place);
        }
        return null;
    }

    /** Polls until there are `max` records or the time is over; the rest is read again later. */
    private List<Map<String, Object>> poll(int max, long timeoutMs) {
        List<Map<String, Object>> got = new ArrayList<>();
        Map<TopicPartition, Long> rest = new HashMap<>();
        long deadline = System.nanoTime() + timeoutMs * 1_000_000;
        do {
            long left = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
            for (var record : consumer.poll(Duration.ofMillis(left))) {
                TopicPartition place = new TopicPartition(record.topic(), record.partition());
                if (got.size() < max) got.add(written(record));
                else rest.putIfAbsent(place, record.offset());
            }
        } while (got.size() < max && System.nanoTime() < deadline);
        rest.forEach(consumer::seek);
        return got;
    }

    private static Map<String, Object> written(ConsumerRecord<byte[], byte[]> record) {
        List<Object> headers = new ArrayList<>();
        for (var header : record.headers()) {
            List<Object> pair = new ArrayList<>();
            pair.add(header.key());
            pair.add(Driver.base64(header.value()));
            headers.add(pair);
        }
        Map<String, Object> all = new TreeMap<>();
        all.put("topic", record.topic());
        all.put("partition", record.partition());
        all.put("offset", record.offset());
        all.put("timestamp", record.timestamp());
        all.put("key", Driver.base64(record.key()));
        all.put("value", Driver.base64(record.value()));
        all.put("headers", headers);
        return all;
    }

    private Object commit(JsonNode offsets) {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        for (JsonNode node : offsets) {
            String metadata = text(node, "metadata");
            all.put(Driver.place(node), new OffsetAndMetadata(
                    node.get("offset").asLong(), metadata == null ? "" : metadata));
        }
        consumer.commitSync(all);
        return null;
    }

    private List<Map<String, Object>> committed(Set<TopicPartition> partitions) {
        List<Map<String, Object>> all = new ArrayList<>();
        consumer.committed(partitions).forEach((place, found) ->
                all.add(Driver.described(place, found == null ? -1 : found.offset())));
        return all;
    }
}
