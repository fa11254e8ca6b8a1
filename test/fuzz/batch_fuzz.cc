// Record batches: whatever the bytes, judging and reading them stays inside them; what the
// validator takes can be read to its last record, and a batch built of those records reads the
// same.
//
//   options (1 byte) | batch
#include "base/assert.h"
#include "batch/batch_builder.h"
#include "batch/batch_stamp.h"
#include "batch/batch_validator.h"
#include "batch/batch_view.h"
#include "batch/record_codec.h"
#include "input.h"

namespace odradek {
namespace {

enum Option : uint8_t { seal = 1, compacted = 2, append_time = 4, open_compressed = 8, old = 16 };

// What a fuzzer does not guess: length, magic and checksum.
void seal_batch(std::vector<uint8_t>* batch) {
  if (batch->size() < kBatchHeaderBytes) batch->resize(kBatchHeaderBytes);
  store_be<int32_t>(batch->data() + kLengthAt,
                    static_cast<int32_t>(batch->size() - kBatchOverheadBytes));
  (*batch)[kMagicAt] = 2;
  renew_crc(*batch);
}

// Every record and header, touched; how many there are, or -1 if they are malformed.
int32_t walk(ByteView records, int32_t count, std::vector<Record>* into) {
  RecordIterator iterator(records, count);
  Record record;
  while (iterator.next(&record)) {
    RecordHeaderIterator headers(record);
    RecordHeader header;
    int32_t seen = 0;
    while (headers.next(&header)) ++seen;
    ASSERT(seen == record.header_count);
    into->push_back(record);
  }
  return iterator.fault() == RecordsFault::none ? static_cast<int32_t>(into->size()) : -1;
}

bool same(const NullableBytes& a, const NullableBytes& b) {
  return a.is_null == b.is_null && std::ranges::equal(a.bytes, b.bytes);
}

std::vector<RecordHeader> headers_of(const Record& record) {
  std::vector<RecordHeader> all;
  RecordHeaderIterator headers(record);
  for (RecordHeader header; headers.next(&header);) all.push_back(header);
  return all;
}

void check_rebuilt(const BatchView& batch, const std::vector<Record>& records) {
  BatchBuilder builder;
  for (const Record& record : records) {
    builder.append(batch.timestamp_of(record.timestamp_delta), record.key, record.value,
                   headers_of(record));
  }
  std::vector<uint8_t> bytes = builder.seal();
  const auto rebuilt = BatchView::at(bytes);
  ASSERT(rebuilt && rebuilt->size() == bytes.size() && rebuilt->crc_matches());
  std::vector<Record> again;
  ASSERT(walk(rebuilt->records(), rebuilt->record_count(), &again) ==
         static_cast<int32_t>(records.size()));
  for (size_t i = 0; i < again.size(); ++i) {
    ASSERT(same(again[i].key, records[i].key) && same(again[i].value, records[i].value));
    ASSERT(rebuilt->timestamp_of(again[i].timestamp_delta) ==
           batch.timestamp_of(records[i].timestamp_delta));
    ASSERT(again[i].header_count == records[i].header_count);
  }
}

}  // namespace

void fuzz_batch(fuzz::Input input) {
  const auto options = input.number<uint8_t>();
  std::vector<uint8_t> bytes = input.bytes(input.size());
  if ((options & seal) != 0) seal_batch(&bytes);
  std::vector<Record> before;
  if (const auto batch = BatchView::at(bytes)) {
    static_cast<void>(batch->last_sequence());
    if (!batch->is_compressed()) walk(batch->records(), batch->record_count(), &before);
  }
  ValidationRules rules;
  rules.compacted = (options & compacted) != 0;
  rules.log_append_time = (options & append_time) != 0;
  rules.open_compressed = (options & open_compressed) != 0;
  const auto verdict =
      validate_produced_batch(bytes, rules, TimestampMs(1700000000000), (options & old) ? 3 : 12);
  ASSERT(verdict.faults.size() <= kRecordFaultsMax);
  if (verdict.code != ErrorCode::none || verdict.needs_opening) return;
  ASSERT(verdict.batch_bytes <= bytes.size());
  const auto batch = BatchView::at(ByteView(bytes).first(verdict.batch_bytes));
  ASSERT(batch && batch->size() == verdict.batch_bytes && batch->crc_matches());
  if (batch->is_compressed()) return;
  std::vector<Record> records;
  ASSERT(walk(batch->records(), batch->record_count(), &records) == batch->record_count());
  ASSERT(batch->last_offset_delta() == batch->record_count() - 1);
  if (!records.empty()) check_rebuilt(*batch, records);
}

}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::fuzz_batch({data, size});
  return 0;
}
