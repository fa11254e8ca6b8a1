// Record batch v2 on the wire and on disk (Kafka's DefaultRecordBatch, magic 2). Big endian.
//
//    0        8      12       16 17    21   23        27              35             43
//   +--------+------+--------+--+-----+----+---------+---------------+--------------+
//   | base   |length|leader  |mg| crc |attr| last    | base          | max          |
//   | offset |      |epoch   |  |     |    | offset d| timestamp     | timestamp    |
//   +--------+------+--------+--+-----+----+---------+---------------+--------------+
//   43            51      53         57       61
//   +-------------+-------+----------+--------+------------------------------------+
//   | producer id | epoch | base seq | count  | records, compressed as one stream   |
//   +-------------+-------+----------+--------+------------------------------------+
//
// `length` counts the bytes behind itself, so a batch has length + 12 bytes. The CRC-32C covers
// everything from the attributes to the end: what the leader assigns (base offset, leader epoch)
// lies before it, so an append changes both in place without touching the checksum.
#pragma once

#include <cstddef>
#include <cstdint>

namespace odradek {

inline constexpr size_t kBaseOffsetAt = 0;
inline constexpr size_t kLengthAt = kBaseOffsetAt + 8;
inline constexpr size_t kLeaderEpochAt = kLengthAt + 4;
inline constexpr size_t kMagicAt = kLeaderEpochAt + 4;
inline constexpr size_t kCrcAt = kMagicAt + 1;
inline constexpr size_t kAttributesAt = kCrcAt + 4;
inline constexpr size_t kLastOffsetDeltaAt = kAttributesAt + 2;
inline constexpr size_t kBaseTimestampAt = kLastOffsetDeltaAt + 4;
inline constexpr size_t kMaxTimestampAt = kBaseTimestampAt + 8;
inline constexpr size_t kProducerIdAt = kMaxTimestampAt + 8;
inline constexpr size_t kProducerEpochAt = kProducerIdAt + 8;
inline constexpr size_t kBaseSequenceAt = kProducerEpochAt + 2;
inline constexpr size_t kRecordCountAt = kBaseSequenceAt + 4;
inline constexpr size_t kBatchHeaderBytes = kRecordCountAt + 4;
static_assert(kMagicAt == 16 && kCrcAt == 17 && kAttributesAt == 21);
static_assert(kProducerIdAt == 43 && kRecordCountAt == 57 && kBatchHeaderBytes == 61);
// What the leader assigns is not covered by the checksum.
static_assert(kBaseOffsetAt < kCrcAt && kLeaderEpochAt < kCrcAt && kCrcAt < kAttributesAt);

// Bytes that stand before what `length` counts; also all that is needed to find the next batch.
inline constexpr size_t kBatchOverheadBytes = kLengthAt + 4;
static_assert(kBatchOverheadBytes == 12);

inline constexpr uint8_t kMagic = 2;

inline constexpr uint16_t kCodecMask = 0x07;
inline constexpr uint16_t kLogAppendTimeBit = 0x08;
inline constexpr uint16_t kTransactionalBit = 0x10;
inline constexpr uint16_t kControlBit = 0x20;
inline constexpr uint16_t kDeleteHorizonBit = 0x40;

// The stream that the records section is; the numbers are the format's (bits 0 to 2).
enum class Codec : uint8_t { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };
static_assert(static_cast<uint16_t>(Codec::zstd) <= kCodecMask);
static_assert((kCodecMask | kLogAppendTimeBit | kTransactionalBit | kControlBit |
               kDeleteHorizonBit) == 0x7f);

}  // namespace odradek
