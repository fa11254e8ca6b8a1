#include "log/resume_point.h"

#include <algorithm>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr size_t kProducerBytesMin = 8 + 2 + 4 + 8 + 8 + 1;

class Writer {
 public:
  template <std::integral T>
  void put(T value) {
    uint8_t encoded[sizeof(T)];
    store_be<T>(encoded, value);
    bytes_.insert(bytes_.end(), encoded, encoded + sizeof(T));
  }
  void put(const std::vector<uint8_t>& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

// Reads on behind the end as zeros; ok() tells at last.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  template <std::integral T>
  T take() {
    const ByteView from = take(sizeof(T));
    return from.empty() ? T{} : load_be<T>(from.data());
  }
  // Empty if there are fewer.
  ByteView take(size_t bytes) {
    if (bytes > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const ByteView taken = bytes_.first(bytes);
    bytes_ = bytes_.subspan(bytes);
    return taken;
  }
  // How many elements follow; 0 if there is no room for so many of them.
  size_t take_count(size_t element_bytes_min) {
    const auto count = take<int32_t>();
    if (count >= 0 && static_cast<size_t>(count) <= bytes_.size() / element_bytes_min) {
      return static_cast<size_t>(count);
    }
    ok_ = false;
    return 0;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }

 private:
  ByteView bytes_;
  bool ok_ = true;
};

void put_producer(ProducerId id, const ProducerEntry& entry, Writer* to) {
  to->put<int64_t>(id.value);
  to->put<int16_t>(entry.epoch.value);
  to->put<int32_t>(entry.coordinator_epoch);
  to->put<int64_t>(entry.last_timestamp.value);
  to->put<int64_t>(entry.transaction_first_offset.value);
  to->put<uint8_t>(static_cast<uint8_t>(entry.batch_count));
  for (size_t i = 0; i < entry.batch_count; ++i) {
    const ProducerBatch& batch = entry.batches[i];
    to->put<int32_t>(batch.last_sequence.value);
    to->put<int64_t>(batch.last_offset.value);
    to->put<int32_t>(batch.offset_delta);
    to->put<int64_t>(batch.timestamp.value);
  }
}

bool take_producer(Reader* from, ProducerState* producers) {
  ProducerEntry entry;
  const ProducerId id(from->take<int64_t>());
  entry.epoch = ProducerEpoch(from->take<int16_t>());
  entry.coordinator_epoch = from->take<int32_t>();
  entry.last_timestamp = TimestampMs(from->take<int64_t>());
  entry.transaction_first_offset = Offset(from->take<int64_t>());
  entry.batch_count = from->take<uint8_t>();
  if (entry.batch_count > entry.batches.size()) return false;
  for (size_t i = 0; i < entry.batch_count; ++i) {
    ProducerBatch& batch = entry.batches[i];
    batch.last_sequence = Sequence(from->take<int32_t>());
    batch.last_offset = Offset(from->take<int64_t>());
    batch.offset_delta = from->take<int32_t>();
    batch.timestamp = TimestampMs(from->take<int64_t>());
  }
  if (!from->ok() || producers->entries().contains(id)) return false;
  producers->restore(id, entry);
  return true;
}

bool fits_log_end(const std::vector<AbortedIndexEntry>& aborted, Offset end) {
  return std::all_of(aborted.begin(), aborted.end(), [&](const AbortedIndexEntry& entry) {
    return entry.producer_id >= ProducerId(0) && entry.first_offset >= Offset(0) &&
           entry.first_offset <= entry.last_offset && entry.last_offset < end;
  });
}

}  // namespace

std::vector<uint8_t> encode_resume_point(const ResumePoint& point) {
  ASSERT(point.end.has_position() && point.end.offset >= point.end.segment_base);
  ASSERT(point.offset_index.entries >= 0 && point.time_index.entries >= 0);
  Writer to;
  to.put<uint8_t>(point.synced ? 1 : 0);
  to.put<int64_t>(point.end.offset.value);
  to.put<int64_t>(point.end.segment_base.value);
  to.put<int64_t>(point.end.position.value);
  to.put<int64_t>(point.largest_timestamp.timestamp.value);
  to.put<int64_t>(point.largest_timestamp.offset.value);
  for (const IndexFront& front : {point.offset_index, point.time_index}) {
    to.put<int32_t>(front.entries);
    to.put<uint32_t>(front.crc);
  }
  to.put<int32_t>(static_cast<int32_t>(point.aborted.size()));
  to.put(encode_aborted_index(point.aborted));
  to.put<int32_t>(static_cast<int32_t>(point.producers.entries().size()));
  for (const auto& [id, entry] : point.producers.entries()) put_producer(id, entry, &to);
  return to.take();
}

bool is_synced_point(ByteView bytes) { return !bytes.empty() && bytes[0] == 1; }

std::optional<ResumePoint> decode_resume_point(ByteView bytes) {
  Reader from(bytes);
  ResumePoint point;
  const auto synced = from.take<uint8_t>();
  point.synced = synced == 1;
  point.end.offset = Offset(from.take<int64_t>());
  point.end.segment_base = Offset(from.take<int64_t>());
  point.end.position = Position(from.take<int64_t>());
  point.largest_timestamp.timestamp = TimestampMs(from.take<int64_t>());
  point.largest_timestamp.offset = Offset(from.take<int64_t>());
  for (IndexFront* front : {&point.offset_index, &point.time_index}) {
    front->entries = from.take<int32_t>();
    front->crc = from.take<uint32_t>();
  }
  const size_t aborted_count = from.take_count(kAbortedIndexEntryBytes);
  auto aborted = decode_aborted_index(from.take(aborted_count * kAbortedIndexEntryBytes));
  if (!aborted) return std::nullopt;
  point.aborted = std::move(*aborted);
  const size_t producers = from.take_count(kProducerBytesMin);
  for (size_t i = 0; i < producers; ++i) {
    if (!take_producer(&from, &point.producers)) return std::nullopt;
  }
  const bool plausible =
      synced <= 1 && point.end.segment_base >= Offset(0) && point.end.position >= Position(0) &&
      point.end.offset >= point.end.segment_base && point.offset_index.entries >= 0 &&
      point.time_index.entries >= 0 && fits_log_end(point.aborted, point.end.offset) &&
      point.producers.fits_log_end(point.end.offset);
  if (!from.at_end() || !plausible) return std::nullopt;
  return point;
}

}  // namespace odradek
