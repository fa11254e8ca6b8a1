import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Apache Kafka's own cleaner on partition folders, without a broker around it. Each line of the
 * input is one job, answered by one line:
 *
 * <pre>
 *   folder now deleteRetentionMs checkpoint(-1: none) segmentBytes segmentIndexBytes
 *     minCompactionLagMs maxCompactionLagMs mapBytes
 *   segments lastStable logEnd firstDirty firstUncleanable cleanBytes cleanableBytes overdueMs
 *     groups endOffset aborted
 * </pre>
 *
 * The folder is cleaned in place, unless there is nothing to clean: then groups are `-`. A group is
 * the base offsets of its segments, joined by `+`; groups are joined by `,`. Aborted transactions
 * are those of the new indexes, as producer:first:last, joined by `,`. Segments are as they were
 * before, as base:bytes:largestTimestamp:firstBatchTimestamp:offsetIndexBytes:timeIndexBytes.
 */
public class CleanerProbe {
  public static void main(String[] args) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = input.readLine()) != null; ) {
      System.out.println(run(line.split(" ")));
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static String run(String[] job) throws Exception {
    File folder = new File(job[0]);
    long now = Long.parseLong(job[1]);
    Optional<Long> checkpoint = Optional.of(Long.parseLong(job[3])).filter(offset -> offset >= 0);
    LogConfig config = new LogConfig(Map.of(
        "cleanup.policy", "compact",
        "delete.retention.ms", job[2],
        "internal.segment.bytes", job[4],
        "segment.index.bytes", job[5],
        "min.compaction.lag.ms", job[6],
        "max.compaction.lag.ms", job[7],
        "file.delete.delay.ms", "0"));
    Time time = new FixedTime(now);
    KafkaScheduler scheduler = new KafkaScheduler(1);
    scheduler.startup();
    UnifiedLog log = UnifiedLog.create(folder, config, 0, 0, scheduler,
        new BrokerTopicStats(), time, 900_000,
        new ProducerStateManagerConfig(Integer.MAX_VALUE, false), 600_000,
        new LogDirFailureChannel(1), false, Optional.empty());
    log.updateHighWatermark(log.logEndOffset());

    Object range = call("cleanableOffsets",
        new Class<?>[] {UnifiedLog.class, Optional.class, long.class}, log, checkpoint, now);
    long firstDirty = (long) field(range, "firstDirtyOffset");
    long overdue = (long) call("maxCompactionDelay",
        new Class<?>[] {UnifiedLog.class, long.class, long.class}, log, firstDirty, now);
    LogToClean cleanable = new LogToClean(log, firstDirty,
        (long) field(range, "firstUncleanableDirtyOffset"), overdue > 0);
    StringBuilder segments = new StringBuilder();
    for (LogSegment one : log.logSegments()) {
      segments.append(segments.length() == 0 ? "" : ",").append(one.baseOffset())
          .append(':').append(one.size()).append(':').append(one.largestTimestamp())
          .append(':').append(one.size() == 0 ? -1 : one.getFirstBatchTimestamp())
          .append(':').append(one.offsetIndex().sizeInBytes())
          .append(':').append(one.timeIndex().sizeInBytes());
    }
    String head = segments + " " + log.lastStableOffset() + " " + log.logEndOffset() + " "
        + firstDirty + " " + cleanable.firstUncleanableOffset() + " "
        + cleanable.cleanBytes() + " " + cleanable.cleanableBytes() + " " + overdue + " ";
    if (cleanable.cleanableBytes() == 0) return head + "- -1 -";

    SkimpyOffsetMap map = new SkimpyOffsetMap(Integer.parseInt(job[8]));
    Throttler throttler = new Throttler(Double.MAX_VALUE, 300, "cleaner", "bytes", time);
    Cleaner cleaner =
        new Cleaner(0, map, 1 << 16, 1 << 20, 0.9, throttler, time, partition -> {});
    // The same map again tells the groups that the cleaning is about to make.
    cleaner.buildOffsetMap(log, firstDirty, cleanable.firstUncleanableOffset(), map,
        new org.apache.kafka.storage.internals.log.CleanerStats(time));
    List<List<LogSegment>> groups = cleaner.groupSegmentsBySize(
        log.logSegments(0, map.latestOffset() + 1), config.segmentSize(), config.maxIndexSize,
        cleanable.firstUncleanableOffset());
    String grouped = groups.stream()
        .map(group -> group.stream().map(one -> "" + one.baseOffset())
            .collect(Collectors.joining("+")))
        .collect(Collectors.joining(","));
    long end = cleaner.doClean(cleanable, now).getKey();
    String aborted = log.collectAbortedTransactions(0, log.logEndOffset()).stream()
        .map(one -> one.producerId() + ":" + one.firstOffset() + ":" + one.lastOffset())
        .collect(Collectors.joining(","));
    log.close();
    scheduler.shutdown();
    return head + grouped + " " + end + " " + (aborted.isEmpty() ? "-" : aborted);
  }

  private static Object call(String name, Class<?>[] types, Object... values) throws Exception {
    Method method = LogCleanerManager.class.getDeclaredMethod(name, types);
    method.setAccessible(true);
    return method.invoke(null, values);
  }

  private static Object field(Object holder, String name) throws Exception {
    Method method = holder.getClass().getDeclaredMethod(name);
    method.setAccessible(true);
    return method.invoke(holder);
  }

  private static final class FixedTime implements Time {
    private final long now;

    FixedTime(long now) {
      this.now = now;
    }

    @Override public long milliseconds() {
      return now;
    }

    @Override public long nanoseconds() {
      return now * 1_000_000;
    }

    @Override public void sleep(long ms) {}

    @Override public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) {}
  }
}
