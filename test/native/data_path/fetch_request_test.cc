#include "data_path/fetch_request.h"

#include <doctest/doctest.h>

#include "mutation.h"
#include "wire.h"

namespace odradek {
namespace {

Uuid some_id() {
  Uuid id;
  id.bytes.fill(9);
  return id;
}

wire::FetchSpec full_spec(int16_t version) {
  wire::FetchSpec spec;
  spec.version = version;
  spec.correlation = 88;
  spec.replica_id = 3;
  spec.wait_ms = 500;
  spec.bytes_min = 2;
  spec.bytes_max = 4096;
  spec.isolation = 1;
  spec.session_id = 42;
  spec.session_epoch = 6;
  spec.parts = {{"alpha", some_id(), 1, 100, 2048, 4, 3}, {"beta", some_id(), 2, -1, 0, -1, -1}};
  spec.forgotten = {{"gamma", some_id(), 5}};
  return spec;
}

bool decode(std::vector<uint8_t>& frame, FetchRequest* request) {
  WireReader reader(frame);
  const auto header = read_request_header(reader);
  if (!header || header->api_version < kFetchVersionMin || header->api_version > kFetchVersionMax) {
    return false;
  }
  return decode_fetch_request(*header, reader, request);
}

TEST_CASE("every version is read field by field") {
  FetchRequest request;
  for (int16_t version = 4; version <= 18; ++version) {
    CAPTURE(version);
    auto frame = wire::fetch(full_spec(version));
    REQUIRE(decode(frame, &request));
    CHECK(request.header.correlation_id == 88);
    CHECK(request.replica_id == 3);
    CHECK(request.wait_ms_max == 500);
    CHECK(request.bytes_min == 2);
    CHECK(request.bytes_max == 4096);
    CHECK(request.isolation_level == 1);
    CHECK(request.session_id == (version >= 7 ? 42 : 0));
    CHECK(request.session_epoch == (version >= 7 ? 6 : -1));
    REQUIRE(request.topics.size() == 2);
    REQUIRE(request.partitions.size() == 2);
    CHECK(request.topics[0].name == (version < 13 ? "alpha" : ""));
    CHECK(request.topics[0].id == (version < 13 ? Uuid{} : some_id()));
    const auto& first = request.partitions[0];
    CHECK(first.index == PartitionIndex(1));
    CHECK(first.fetch_offset == Offset(100));
    CHECK(first.bytes_max == 2048);
    CHECK(first.current_leader_epoch == LeaderEpoch(version >= 9 ? 4 : -1));
    CHECK(first.last_fetched_epoch == LeaderEpoch(version >= 12 ? 3 : -1));
    CHECK(request.partitions[1].fetch_offset == Offset(-1));
    if (version >= 7) {
      REQUIRE(request.forgotten_topics.size() == 1);
      CHECK(request.forgotten_topics[0].name == (version < 13 ? "gamma" : ""));
      REQUIRE(request.forgotten.size() == 1);
      CHECK(request.forgotten[0] == PartitionIndex(5));
    } else {
      CHECK(request.forgotten_topics.empty());
    }
  }
}

TEST_CASE("an epoch below -1 says no more than -1") {
  wire::FetchSpec spec = full_spec(12);
  spec.parts = {{"alpha", some_id(), 1, 100, 2048, -2, -7}};
  auto frame = wire::fetch(spec);
  FetchRequest request;
  REQUIRE(decode(frame, &request));
  CHECK(request.partitions[0].current_leader_epoch == kNoLeaderEpoch);
  CHECK(request.partitions[0].last_fetched_epoch == kNoLeaderEpoch);
}

TEST_CASE("a frame that is cut anywhere is malformed") {
  FetchRequest request;
  for (int16_t version = 4; version <= 18; ++version) {
    CAPTURE(version);
    const auto frame = wire::fetch(full_spec(version));
    for (size_t size = 0; size < frame.size(); ++size) {
      CAPTURE(size);
      std::vector<uint8_t> cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK_FALSE(decode(cut, &request));
    }
  }
}

TEST_CASE("100,000 mutated frames are read or refused") {
  std::mt19937_64 random(2025);
  FetchRequest request;
  size_t accepted = 0;
  for (int i = 0; i < 100000; ++i) {
    const auto version = static_cast<int16_t>(4 + random() % 15);
    auto frame = mutate(wire::fetch(full_spec(version)), random);
    frame.shrink_to_fit();
    if (!decode(frame, &request)) continue;
    ++accepted;
    REQUIRE(request.partitions.size() <= frame.size());
    for (const auto& topic : request.topics) {
      REQUIRE(topic.first_partition + topic.partition_count <= request.partitions.size());
    }
    for (const auto& topic : request.forgotten_topics) {
      REQUIRE(topic.first_partition + topic.partition_count <= request.forgotten.size());
    }
  }
  CHECK(accepted > 1000);
}

}  // namespace
}  // namespace odradek
