import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Many of Kafka's own consumers in one process, each with its share of a topic's partitions, which
 * read all of it as fast as they may. kafka-consumer-perf-test is one consumer a process, and the
 * first of many processes would be through before the last had started.
 *
 * They read once, unmeasured, and say "warm"; at each line of input they read again, from the
 * beginning, and print one JSON object; at its end they close.
 *
 * Arguments: bootstrap, topic, consumers.
 */
public final class JavaConsumers {
  /** One consumer; its passes do not overlap. */
  private static final class Reader implements Callable<Long> {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> share = new ArrayList<>();
    private long records;
    private long bytes;

    Reader(Map<String, Object> config, String topic, int number, int consumers) {
      final ByteArrayDeserializer asBytes = new ByteArrayDeserializer();
      consumer = new KafkaConsumer<>(config, asBytes, asBytes);
      for (PartitionInfo each : consumer.partitionsFor(topic)) {
        if (each.partition() % consumers == number) {
          share.add(new TopicPartition(topic, each.partition()));
        }
      }
      consumer.assign(share);
    }

    @Override
    public Long call() {
      consumer.seekToBeginning(share);
      long all = 0;
      for (long end : consumer.endOffsets(share).values()) all += end;
      records = 0;
      bytes = 0;
      while (records < all) {
        for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
          records++;
          bytes += each.serializedValueSize();
        }
      }
      return bytes;
    }
  }

  public static void main(String[] args) throws Exception {
    final int consumers = Integer.parseInt(args[2]);
    final Map<String, Object> config = Map.of("bootstrap.servers", args[0]);
    final List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < consumers; i++) readers.add(new Reader(config, args[1], i, consumers));
    final ExecutorService threads = Executors.newFixedThreadPool(consumers);
    pass(threads, readers);
    System.out.println("warm");
    while (System.in.read() == '\n') {
      final long begun = System.nanoTime();
      final long bytes = pass(threads, readers);
      final double seconds = (System.nanoTime() - begun) / 1e9;
      long records = 0;
      for (Reader reader : readers) records += reader.records;
      System.out.printf(
          Locale.ROOT, "{\"seconds\":%f,\"records\":%d,\"bytes\":%d}%n", seconds, records, bytes);
    }
    threads.shutdown();
    for (Reader reader : readers) reader.consumer.close();
  }

  private static long pass(ExecutorService threads, List<Reader> readers) throws Exception {
    long bytes = 0;
    for (Future<Long> each : threads.invokeAll(readers)) bytes += each.get();
    return bytes;
  }
}
