import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.AppInfoParser;

/** The driver of the Java client; ../cases/README.md has the protocol. */
public final class Driver {
    static final ObjectMapper JSON = new ObjectMapper();
    /** What is printed by others must not get between the answers. */
    private static final PrintStream OUTPUT = System.out;

    /** One operation; what it gives is the answer. */
    interface Work {
        Object run() throws Exception;
    }

    private Driver() {}

    static void say(Object line) throws Exception {
        String text = JSON.writeValueAsString(line);
        synchronized (OUTPUT) {
            OUTPUT.println(text);
            OUTPUT.flush();
        }
    }

    /** The configuration of every client: the broker, large limits, short waits. */
    static Map<String, Object> config(Object... pairs) {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", System.getenv("BOOTSTRAP"));
        all.put("reconnect.backoff.max.ms", 500);
        all.put("retry.backoff.max.ms", 200);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) all.put((String) pairs[i], pairs[i + 1]);
        }
        return all;
    }

    static byte[] bytes(JsonNode base64) {
        boolean isNull = base64 == null || base64.isNull();
        return isNull ? null : Base64.getDecoder().decode(base64.asText());
    }

    static String base64(byte[] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }

    static TopicPartition place(JsonNode node) {
        return new TopicPartition(node.get("topic").asText(), node.get("partition").asInt());
    }

    static Map<String, Object> described(TopicPartition place, long offset) {
        return Map.of("topic", place.topic(), "partition", place.partition(), "offset", offset);
    }

    /** Kafka's code and name where the error is one of the protocol, else the exception's name. */
    static Map<String, Object> described(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Errors error = Errors.forException(cause);
        Map<String, Object> all = new LinkedHashMap<>();
        boolean isKnown = error != Errors.UNKNOWN_SERVER_ERROR;
        if (isKnown) all.put("code", error.code());
        all.put("name", isKnown ? error.name() : cause.getClass().getSimpleName());
        all.put("message", String.valueOf(cause.getMessage()));
        return all;
    }

    private static void answer(int id, Work work) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", id);
        try {
            line.put("ok", work.run());
        } catch (Throwable failure) {
            line.put("error", described(failure));
        }
        try {
            say(line);
        } catch (Exception failure) {
            failure.printStackTrace();
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err);
        Map<String, Reader> readers = new HashMap<>();
        ExecutorService others = Executors.newCachedThreadPool();
        Producing producing = new Producing();
        Administrator administrator = new Administrator();
        say(Map.of("ready", Map.of(
                "client", "java",
                "version", AppInfoParser.getVersion(),
                "codecs", List.of("none", "gzip", "snappy", "lz4", "zstd"),
                "assignors", List.of("range", "roundrobin", "sticky", "cooperative-sticky"),
                "lacks", List.of())));
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = input.readLine()) != null; ) {
            JsonNode request = JSON.readTree(line);
            int id = request.get("id").asInt();
            String operation = request.get("op").asText();
            if (request.has("consumer")) {
                String name = request.get("consumer").asText();
                Reader reader = readers.computeIfAbsent(name, key -> new Reader());
                reader.thread.execute(() -> answer(id, () -> reader.run(operation, request)));
            } else if (operation.equals("produce")) {
                others.execute(() -> answer(id, () -> producing.produce(request)));
            } else if (operation.equals("transactional")) {
                others.execute(() -> answer(id, () -> producing.transactional(request)));
            } else {
                others.execute(() -> answer(id, () -> administrator.run(operation, request)));
            }
        }
        for (Reader reader : readers.values()) reader.thread.execute(reader::close);
        for (Reader reader : readers.values()) {
            reader.thread.shutdown();
            reader.thread.awaitTermination(8, TimeUnit.SECONDS);
        }
        System.exit(0);
    }
}
