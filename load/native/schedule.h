// Which request of an end-to-end run goes where and when it is due: so that where a record lies
// tells when it was due, and no record has to carry a time.
#pragma once

#include <cstdint>

#include "options.h"

namespace odradek::bench {

// Connection c alone produces to the partitions c, c + connections, c + 2 * connections … and takes
// turns among them. Of a connection's requests frame 0 is the first; of all connections' requests
// the n-th is due n / rate after the beginning. Immutable: any thread may ask.
class Schedule {
 public:
  // Needs a partition for each connection where the partitions are asked for.
  explicit Schedule(const Options& options)
      : connections_(options.connections), partitions_(options.partitions), rate_(options.rate) {}

  // From the beginning to when a frame is due; needs a rate.
  int64_t due_ns(int connection, int64_t frame) const {
    return (frame * connections_ + connection) * kNsPerSecond / rate_;
  }
  int32_t partition_of(int connection, int64_t frame) const {
    return static_cast<int32_t>(connection + frame % own(connection) * connections_);
  }
  // How many requests of that partition went before this one.
  int64_t index_of(int connection, int64_t frame) const { return frame / own(connection); }
  // The other way round: when the request is due behind which `index` others went to its partition.
  int64_t due_ns_at(int32_t partition, int64_t index) const {
    const int connection = partition % connections_;
    return due_ns(connection, index * own(connection) + partition / connections_);
  }

 private:
  static constexpr int64_t kNsPerSecond = 1'000'000'000;

  // Partitions of a connection.
  int64_t own(int connection) const {
    return (partitions_ - connection + connections_ - 1) / connections_;
  }

  int connections_;
  int partitions_;
  int rate_;
};

}  // namespace odradek::bench
