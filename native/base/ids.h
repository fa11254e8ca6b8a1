// The quantities of a log, each its own type: an Offset never adds to a Position.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace odradek {

// An integer that only meets integers of its own kind. `value` is the plain number for formats.
template <class Tag, class Int>
struct StrongInt {
  Int value{};

  // Zero, as a member that nobody set.
  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Int v) : value(v) {}
  constexpr auto operator<=>(const StrongInt&) const = default;
  // Moves by a plain number; two of a kind do not add.
  constexpr StrongInt operator+(Int delta) const { return StrongInt(value + delta); }
  constexpr StrongInt operator-(Int delta) const { return StrongInt(value - delta); }
  // The distance between two of a kind is a plain number.
  constexpr Int operator-(StrongInt other) const { return value - other.value; }
  constexpr StrongInt& operator+=(Int delta) {
    value += delta;
    return *this;
  }
};

// Number of a record in its partition; the first is 0. -1 where a format says "none".
using Offset = StrongInt<struct OffsetTag, int64_t>;
// Byte position in one segment file.
using Position = StrongInt<struct PositionTag, int64_t>;
// Number of the leadership under which a batch was written; -1 is "none".
using LeaderEpoch = StrongInt<struct LeaderEpochTag, int32_t>;
// Identity of an idempotent producer; -1 is "none".
using ProducerId = StrongInt<struct ProducerIdTag, int64_t>;
// Incarnation of a producer id; -1 is "none".
using ProducerEpoch = StrongInt<struct ProducerEpochTag, int16_t>;
// Per producer and partition record number, wraps from 2^31-1 to 0; -1 is "none".
using Sequence = StrongInt<struct SequenceTag, int32_t>;
// Milliseconds since 1970-01-01 UTC; -1 is "none".
using TimestampMs = StrongInt<struct TimestampTag, int64_t>;
// Index of a partition in its topic.
using PartitionIndex = StrongInt<struct PartitionIndexTag, int32_t>;

// What the formats write for "none".
inline constexpr Offset kNoOffset{-1};
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};
inline constexpr ProducerId kNoProducerId{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
inline constexpr Sequence kNoSequence{-1};
inline constexpr TimestampMs kNoTimestamp{-1};

// 128-bit topic, directory or cluster identity, in wire order.
struct Uuid {
  std::array<uint8_t, 16> bytes{};

  constexpr auto operator<=>(const Uuid&) const = default;
  // Zero is nobody's identity: formats write it for "none".
  constexpr bool is_zero() const {
    for (uint8_t b : bytes) {
      if (b != 0) return false;
    }
    return true;
  }
};

}  // namespace odradek

template <class Tag, class Int>
struct std::hash<odradek::StrongInt<Tag, Int>> {
  size_t operator()(odradek::StrongInt<Tag, Int> id) const noexcept {
    return std::hash<Int>{}(id.value);
  }
};

template <>
struct std::hash<odradek::Uuid> {
  size_t operator()(const odradek::Uuid& id) const noexcept {
    size_t hash = 0xcbf29ce484222325U;  // FNV-1a; topic ids are random, so this is enough
    for (uint8_t b : id.bytes) hash = (hash ^ b) * 0x100000001b3U;
    return hash;
  }
};
