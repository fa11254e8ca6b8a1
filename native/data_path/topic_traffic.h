// Counts of what Produce and Fetch move: of one topic, and of all topics together.
//
// Each reactor counts in a cache line of its own, so a count is a load and a store that nobody else
// writes; whoever looks adds the reactors up.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/assert.h"

namespace odradek {

// A sum of counts since the topic was hosted, or since the start. Each is exact, but not all are of
// one moment.
struct Traffic {
  uint64_t produces = 0;  // partitions of Produce requests, refused ones included
  uint64_t produces_failed = 0;
  uint64_t records_in = 0;
  uint64_t bytes_in = 0;        // of appended batches
  uint64_t bytes_rejected = 0;  // of batches that were too large
  uint64_t fetches = 0;         // partitions of answered Fetch requests, refused ones included
  uint64_t fetches_failed = 0;
  uint64_t bytes_out = 0;  // of batches sent
};

// One reactor's share. Written by its thread alone, read by any.
class alignas(64) TrafficCounter {
 public:
  void produced(uint64_t records, uint64_t bytes) {
    add(produces_, 1);
    add(records_in_, records);
    add(bytes_in_, bytes);
  }
  void produce_refused(uint64_t bytes_rejected) {
    add(produces_, 1);
    add(produces_failed_, 1);
    if (bytes_rejected > 0) add(bytes_rejected_, bytes_rejected);
  }
  void fetched(uint64_t bytes, bool failed) {
    add(fetches_, 1);
    if (failed) add(fetches_failed_, 1);
    if (bytes > 0) add(bytes_out_, bytes);
  }
  void add_to(Traffic* sum) const {
    sum->produces += produces_.load(std::memory_order_relaxed);
    sum->produces_failed += produces_failed_.load(std::memory_order_relaxed);
    sum->records_in += records_in_.load(std::memory_order_relaxed);
    sum->bytes_in += bytes_in_.load(std::memory_order_relaxed);
    sum->bytes_rejected += bytes_rejected_.load(std::memory_order_relaxed);
    sum->fetches += fetches_.load(std::memory_order_relaxed);
    sum->fetches_failed += fetches_failed_.load(std::memory_order_relaxed);
    sum->bytes_out += bytes_out_.load(std::memory_order_relaxed);
  }

 private:
  using Count = std::atomic<uint64_t>;
  // Cheaper than an atomic addition, and enough with one writer.
  static void add(Count& count, uint64_t amount) {
    count.store(count.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  Count produces_{0}, produces_failed_{0}, records_in_{0}, bytes_in_{0};
  Count bytes_rejected_{0}, fetches_{0}, fetches_failed_{0}, bytes_out_{0};
};

// The counters of one topic, by reactor. Shared by the topic's partitions; goes with the last.
class TopicTraffic {
 public:
  explicit TopicTraffic(size_t reactors)
      : reactors_(reactors), counters_(new TrafficCounter[reactors]) {}

  // For that reactor's thread.
  TrafficCounter& of(size_t reactor) {
    ASSERT(reactor < reactors_);
    return counters_[reactor];
  }
  // Any thread.
  Traffic sum() const {
    Traffic sum;
    for (size_t i = 0; i < reactors_; ++i) counters_[i].add_to(&sum);
    return sum;
  }

 private:
  const size_t reactors_;
  const std::unique_ptr<TrafficCounter[]> counters_;
};

// One reactor counts, for a topic and for all at once: the sum over topics would forget those that
// are deleted. Belongs to the reactor's thread, but for all().
class TrafficMeter {
 public:
  explicit TrafficMeter(size_t reactor) : reactor_(reactor) {}

  void produced(TopicTraffic& topic, uint64_t records, uint64_t bytes) {
    topic.of(reactor_).produced(records, bytes);
    all_.produced(records, bytes);
  }
  void produce_refused(TopicTraffic& topic, uint64_t bytes_rejected) {
    topic.of(reactor_).produce_refused(bytes_rejected);
    all_.produce_refused(bytes_rejected);
  }
  void fetched(TopicTraffic& topic, uint64_t bytes, bool failed) {
    topic.of(reactor_).fetched(bytes, failed);
    all_.fetched(bytes, failed);
  }
  // Any thread.
  const TrafficCounter& all() const { return all_; }

 private:
  const size_t reactor_;
  TrafficCounter all_;
};

}  // namespace odradek
