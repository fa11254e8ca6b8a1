import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Many of Kafka's own producers in one process, which send as fast as they may; prints one JSON object.
 * kafka-producer-perf-test is one producer a process, and 64 processes of it would still be starting
 * when the first have ended. As there, a latency is from the call of send to the callback.
 *
 * Arguments: bootstrap, topic, producers, record bytes, acks, linger ms, warm-up s, measured s, pid of
 * the broker or 0.
 */
public final class JavaProducers {
  private static final long HIGHEST_NS = 120_000_000_000L;
  private static volatile boolean measures;
  private static volatile boolean stops;
  private static volatile Exception failure;

  /** Counts in the callbacks of one producer, which its one sender thread calls. */
  private static final class Load extends Thread {
    final Histogram latencyNs = new Histogram(HIGHEST_NS, 3);
    private final KafkaProducer<byte[], byte[]> producer;
    private final ProducerRecord<byte[], byte[]> record;

    Load(Map<String, Object> config, String topic, byte[] value) {
      producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
      record = new ProducerRecord<>(topic, value);
    }

    @Override
    public void run() {
      try {
        while (!stops) {
          final long sent = System.nanoTime();
          producer.send(record, (metadata, error) -> {
            if (error != null) failure = error;
            if (measures) latencyNs.recordValue(Math.min(System.nanoTime() - sent, HIGHEST_NS));
          });
        }
      } catch (RuntimeException error) {
        failure = error;
      } finally {
        producer.close();
      }
    }
  }

  public static void main(String[] args) throws Exception {
    final int producers = Integer.parseInt(args[2]);
    final int bytes = Integer.parseInt(args[3]);
    final byte[] value = new byte[bytes];
    new java.util.Random(1).ints(bytes, 'A', 'Z' + 1).forEach(new java.util.function.IntConsumer() {
      private int at;

      @Override
      public void accept(int letter) {
        value[at++] = (byte) letter;
      }
    });
    final Map<String, Object> config =
        Map.of("bootstrap.servers", args[0], "acks", args[4], "linger.ms", args[5]);
    final List<Load> loads = new ArrayList<>();
    for (int i = 0; i < producers; i++) loads.add(new Load(config, args[1], value));
    for (Load load : loads) load.start();

    Thread.sleep((long) (Double.parseDouble(args[6]) * 1000));
    final long begun = System.nanoTime();
    final double[] cpuBefore = {ownSeconds(), secondsOf(args[8])};
    measures = true;
    Thread.sleep((long) (Double.parseDouble(args[7]) * 1000));
    measures = false;
    final double seconds = (System.nanoTime() - begun) / 1e9;
    final double[] cpu = {ownSeconds() - cpuBefore[0], secondsOf(args[8]) - cpuBefore[1]};
    stops = true;
    for (Load load : loads) load.join();
    if (failure != null) throw failure;

    final Histogram all = new Histogram(HIGHEST_NS, 3);
    for (Load load : loads) all.add(load.latencyNs);
    System.out.printf(
        Locale.ROOT,
        "{\"seconds\":%f,\"records\":%d,\"clientCpuSeconds\":%f,\"brokerCpuSeconds\":%f,"
            + "\"latencyUs\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}}%n",
        seconds, all.getTotalCount(), cpu[0], cpu[1], us(all, 50), us(all, 90), us(all, 99),
        us(all, 99.9), all.getMaxValue() / 1e3);
  }

  private static double us(Histogram all, double percentile) {
    return all.getValueAtPercentile(percentile) / 1e3;
  }

  private static double ownSeconds() {
    final var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  /** CPU time of a process from its clock ticks, of which Linux tells 100 a second; 0 of none. */
  private static double secondsOf(String pid) throws java.io.IOException {
    if (pid.equals("0")) return 0;
    final String stat = Files.readString(Path.of("/proc", pid, "stat"));
    final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }
}
