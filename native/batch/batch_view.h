// A zero-copy look at one record batch v2. The view does not own the bytes; they must outlive it.
#pragma once

#include <optional>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "batch/batch_format.h"

namespace odradek {

// What a look at length and magic tells of some bytes.
enum class BatchFrame : uint8_t {
  whole,      // a whole batch with a plausible header stands at the start of the bytes
  truncated,  // the bytes end before the batch does
  corrupt,    // the length or the magic cannot be right
};

// What stands at the start of `bytes`: checks length and magic, nothing else.
BatchFrame batch_frame(ByteView bytes);

// One batch, header fields on demand. Cheap to copy. Safe from any thread as long as nobody writes
// to the bytes. Every getter may be called on damaged bytes: it gives what stands there.
class BatchView {
 public:
  // The batch at the start of `bytes`, or nothing unless batch_frame(bytes) is `whole`. What lies
  // behind the batch is ignored.
  static std::optional<BatchView> at(ByteView bytes);

  ByteView bytes() const { return bytes_; }  // exactly the batch, header included
  size_t size() const { return bytes_.size(); }
  ByteView records() const { return bytes_.subspan(kBatchHeaderBytes); }

  Offset base_offset() const { return Offset(get<int64_t>(kBaseOffsetAt)); }
  // The checksum does not cover the base offset: on a damaged disk it can be any number, and these
  // wrap around instead of overflowing. Compare with what is expected before use.
  Offset last_offset() const { return wrapping(base_offset(), last_offset_delta()); }
  Offset next_offset() const { return wrapping(base_offset(), int64_t{last_offset_delta()} + 1); }
  LeaderEpoch leader_epoch() const { return LeaderEpoch(get<int32_t>(kLeaderEpochAt)); }
  uint32_t stored_crc() const { return get<uint32_t>(kCrcAt); }
  uint16_t attributes() const { return get<uint16_t>(kAttributesAt); }
  int32_t last_offset_delta() const { return get<int32_t>(kLastOffsetDeltaAt); }
  TimestampMs base_timestamp() const { return TimestampMs(get<int64_t>(kBaseTimestampAt)); }
  TimestampMs max_timestamp() const { return TimestampMs(get<int64_t>(kMaxTimestampAt)); }
  ProducerId producer_id() const { return ProducerId(get<int64_t>(kProducerIdAt)); }
  ProducerEpoch producer_epoch() const { return ProducerEpoch(get<int16_t>(kProducerEpochAt)); }
  Sequence base_sequence() const { return Sequence(get<int32_t>(kBaseSequenceAt)); }
  // Base sequence + last offset delta, behind 2^31-1 comes 0; -1 without a base sequence.
  Sequence last_sequence() const;
  int32_t record_count() const { return get<int32_t>(kRecordCountAt); }

  // May be 5 to 7, which no codec has; see is_known_codec().
  Codec codec() const { return static_cast<Codec>(attributes() & kCodecMask); }
  bool is_known_codec() const { return codec() <= Codec::zstd; }
  bool is_compressed() const { return codec() != Codec::none; }
  bool is_log_append_time() const { return (attributes() & kLogAppendTimeBit) != 0; }
  bool is_transactional() const { return (attributes() & kTransactionalBit) != 0; }
  bool is_control() const { return (attributes() & kControlBit) != 0; }
  // Any negative producer id is none, as in Kafka.
  bool has_producer() const { return producer_id() > kNoProducerId; }
  // Then base_timestamp is the horizon: when compaction may drop the batch's tombstones or marker.
  bool has_delete_horizon() const { return (attributes() & kDeleteHorizonBit) != 0; }

  // Offset and timestamp of a record with these deltas; they wrap around like the above.
  Offset offset_of(int32_t offset_delta) const { return wrapping(base_offset(), offset_delta); }
  TimestampMs timestamp_of(int64_t timestamp_delta) const {
    if (is_log_append_time()) return max_timestamp();
    return wrapping(base_timestamp(), timestamp_delta);
  }

  // CRC-32C over everything from the attributes on.
  uint32_t computed_crc() const;
  bool crc_matches() const { return computed_crc() == stored_crc(); }

 private:
  explicit BatchView(ByteView bytes) : bytes_(bytes) { ASSERT(bytes_.size() >= kBatchHeaderBytes); }
  template <class Number>
  static Number wrapping(Number base, int64_t delta) {
    return Number(
        static_cast<int64_t>(static_cast<uint64_t>(base.value) + static_cast<uint64_t>(delta)));
  }
  template <class T>
  T get(size_t at) const {
    return load_be<T>(bytes_.data() + at);
  }

  ByteView bytes_;  // Invariant: exactly one batch, of at least a header.
};

}  // namespace odradek
