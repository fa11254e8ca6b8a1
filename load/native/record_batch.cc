#include "record_batch.h"

#include <utility>

#include "batch/batch_format.h"
#include "wire_writer.h"

namespace odradek::bench {

namespace {

// CRC-32C (Castagnoli, reflected 0x82f63b78), bit by bit: it runs once per process.
uint32_t crc32c(ByteView bytes) {
  uint32_t crc = ~0U;
  for (uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82f63b78U & (0U - (crc & 1)));
  }
  return ~crc;
}

size_t varint_bytes(int32_t value) {
  uint8_t form[kVarint32BytesMax];
  return static_cast<size_t>(write_varint32(form, value) - form);
}

void put_record(WireWriter& out, int32_t offset_delta, int value_bytes, uint64_t& random) {
  // attributes, timestamp delta 0, offset delta, null key, value, no headers
  const size_t body = 1 + 1 + varint_bytes(offset_delta) + 1 + varint_bytes(value_bytes) +
                      static_cast<size_t>(value_bytes) + 1;
  out.put_varint(static_cast<int32_t>(body));
  out.put(int8_t{0});
  out.put_varint(0);
  out.put_varint(offset_delta);
  out.put_varint(-1);
  out.put_varint(value_bytes);
  for (int i = 0; i < value_bytes; i++) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    out.put(static_cast<uint8_t>('A' + (random >> 33) % 26));
  }
  out.put_varint(0);
}

}  // namespace

std::vector<uint8_t> make_record_batch(int records, int record_bytes, int64_t timestamp_ms) {
  WireWriter out;
  out.put(int64_t{0});   // base offset
  out.put(int32_t{0});   // length, patched below
  out.put(int32_t{-1});  // leader epoch
  out.put(kMagic);
  out.put(uint32_t{0});  // checksum, patched below
  out.put(uint16_t{0});  // attributes
  out.put(int32_t{records - 1});
  out.put(timestamp_ms);
  out.put(timestamp_ms);
  out.put(int64_t{-1});  // producer id
  out.put(int16_t{-1});  // producer epoch
  out.put(int32_t{-1});  // base sequence
  out.put(int32_t{records});
  uint64_t random = 1;
  for (int i = 0; i < records; i++) put_record(out, i, record_bytes, random);

  std::vector<uint8_t>& bytes = out.bytes();
  store_be(bytes.data() + kLengthAt, static_cast<int32_t>(bytes.size() - kBatchOverheadBytes));
  store_be(bytes.data() + kCrcAt, crc32c(ByteView(bytes).subspan(kAttributesAt)));
  return std::move(bytes);
}

}  // namespace odradek::bench
