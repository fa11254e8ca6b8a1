#include "base/ids.h"

#include <concepts>
#include <unordered_set>

#include <doctest/doctest.h>

namespace odradek {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a == b;
};

}  // namespace

TEST_CASE("different quantities do not meet") {
  static_assert(!Addable<Offset, Position>);
  static_assert(!Addable<Offset, Offset>);
  static_assert(!Comparable<Offset, Position>);
  static_assert(!std::convertible_to<int64_t, Offset>);
  static_assert(!std::convertible_to<Offset, int64_t>);
  static_assert(Addable<Offset, int64_t>);
}

TEST_CASE("quantities of a kind are ordered, moved and subtracted") {
  Offset offset(5);
  CHECK(offset + 3 == Offset(8));
  CHECK(offset - 6 == kNoOffset);
  CHECK(Offset(9) - offset == 4);
  offset += 2;
  CHECK(offset == Offset(7));
  CHECK(Offset(1) < Offset(2));
  CHECK(Offset() == Offset(0));
}

TEST_CASE("ids are keys of hashed containers") {
  const std::unordered_set<ProducerId> producers = {ProducerId(1), ProducerId(2), ProducerId(1)};
  CHECK(producers.size() == 2);
  Uuid one;
  one.bytes[15] = 1;
  CHECK(Uuid().is_zero());
  CHECK_FALSE(one.is_zero());
  CHECK(Uuid() < one);
  const std::unordered_set<Uuid> topics = {Uuid(), one, Uuid()};
  CHECK(topics.size() == 2);
}

}  // namespace odradek
