// Builds an uncompressed record batch v2: our own records (metadata, groups, markers) and tests.
//
//   BatchBuilder builder;
//   builder.append(TimestampMs(now), as_bytes("key"), as_bytes("value"));
//   std::vector<uint8_t> batch = builder.seal();
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "batch/record_codec.h"

namespace odradek {

// What a batch says about all its records. The defaults are those of a plain producer.
struct BatchProperties {
  Offset base_offset{0};
  LeaderEpoch leader_epoch = kNoLeaderEpoch;
  ProducerId producer_id = kNoProducerId;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  Sequence base_sequence = kNoSequence;
  bool transactional = false;
  bool control = false;
  // Every record then counts as written at this time, whatever was appended.
  std::optional<TimestampMs> log_append_time;
  // Kept in the place of the base timestamp; only compaction sets it.
  std::optional<TimestampMs> delete_horizon;
};

// Collects records and seals them into a batch. Owns its bytes; one thread at a time. What it is
// told must make a batch that can be: an offset that goes back or a null for a header key is our
// bug.
class BatchBuilder {
 public:
  explicit BatchBuilder(const BatchProperties& properties = {});

  // Adds a record at the next offset. The bytes are copied.
  void append(TimestampMs timestamp, NullableBytes key, NullableBytes value,
              std::span<const RecordHeader> headers = {});
  // Adds a record at an offset delta above all before it, as compaction leaves them.
  void append_at(int32_t offset_delta, TimestampMs timestamp, NullableBytes key,
                 NullableBytes value, std::span<const RecordHeader> headers = {});

  int32_t record_count() const { return count_; }
  // Of the batch so far, header included.
  size_t size() const { return bytes_.size(); }

  // Fills in the header and the CRC and hands the batch out; there must be a record in it. The
  // builder is empty afterwards and may be used again with the same properties.
  std::vector<uint8_t> seal();

 private:
  uint16_t attributes() const;
  void write_header();

  // Invariant: bytes_ holds room for the header and count_ records, the last at last_delta_.
  BatchProperties properties_;
  std::vector<uint8_t> bytes_;
  int32_t count_ = 0;
  int32_t last_delta_ = -1;
  TimestampMs base_timestamp_ = kNoTimestamp;
  TimestampMs max_timestamp_ = kNoTimestamp;
};

}  // namespace odradek
