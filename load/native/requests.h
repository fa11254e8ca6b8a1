// The request frames of a run, each built once. Versions are fixed and flexible, as current
// clients send them: Produce 9, Fetch 12, ListOffsets 6, Metadata 9, CreateTopics 5,
// CreatePartitions 2. Topics go by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "options.h"

namespace odradek::bench {

// In every frame: int32 size, int16 key, int16 version, then the correlation id.
inline constexpr size_t kCorrelationAt = 8;
// In every answer: int32 size, then the correlation id.
inline constexpr size_t kAnswerCorrelationAt = 4;

// A whole frame whose changing fields are patched in place before each send.
struct FetchFrame {
  std::vector<uint8_t> bytes;
  size_t session_id_at = 0;
  size_t session_epoch_at = 0;
  size_t offset_at = 0;
};

// A fetch session of one consumer; id 0 and epoch 0 open it.
struct FetchSession {
  int32_t id = 0;
  int32_t epoch = 0;
};

// Where a consumer goes on in a partition.
struct FetchPosition {
  int32_t partition = 0;
  int64_t offset = 0;
};

// A Produce frame is its head and then `body`, which all connections share.
struct ProduceHead {
  std::vector<uint8_t> bytes;
  size_t partition_at = 0;
};

// The frame up to the records of one partition. `batch_bytes` is the size of the batch that
// follows; produce_tail() bytes follow that.
ProduceHead make_produce_head(const Options& options, int32_t partition, size_t batch_bytes);

// Zero bytes behind the records: the empty tagged fields of partition, topic and request.
inline constexpr size_t kProduceTailBytes = 3;

// A Fetch of one partition from offset 0; sessionless (id 0, epoch -1), or with `options.session`
// the opening of a session (id 0, epoch 0).
FetchFrame make_fetch_frame(const Options& options, int32_t partition);

// The next Fetch of a session, which names the partitions that have moved on since the last.
std::vector<uint8_t> make_session_fetch_frame(const Options& options, const FetchSession& session,
                                              std::span<const FetchPosition> moved,
                                              int max_wait_ms);

// Apache Kafka writes at most 10,000 metadata records for one request; topic and configs have some.
inline constexpr int kPartitionsCreatedMax = 9000;

// Creates the topic with its partitions, at most kPartitionsCreatedMax.
std::vector<uint8_t> make_create_topic_frame(const Options& options);
// Makes those that it has not.
std::vector<uint8_t> make_create_partitions_frame(const Options& options);
std::vector<uint8_t> make_metadata_frame(const Options& options);
// Asks for the log end offset of every partition.
std::vector<uint8_t> make_list_offsets_frame(const Options& options);

}  // namespace odradek::bench
