#include "data_path/produce_request.h"

#include <doctest/doctest.h>

#include "mutation.h"
#include "wire.h"

namespace odradek {
namespace {

Uuid some_id() {
  Uuid id;
  id.bytes.fill(7);
  return id;
}

wire::ProduceSpec full_spec(int16_t version) {
  wire::ProduceSpec spec;
  spec.version = version;
  spec.correlation = 77;
  spec.acks = -1;
  spec.timeout_ms = 1234;
  spec.parts = {{"alpha", some_id(), 3, wire::Bytes{1, 2, 3}},
                {"beta", some_id(), -4, std::nullopt},
                {"", some_id(), 0, wire::Bytes{}}};
  return spec;
}

bool decode(std::vector<uint8_t>& frame, ProduceRequest* request) {
  WireReader reader(frame);
  const auto header = read_request_header(reader);
  if (!header || header->api_version < kProduceVersionMin ||
      header->api_version > kProduceVersionMax) {
    return false;
  }
  return decode_produce_request(*header, reader, request);
}

TEST_CASE("every version is read field by field") {
  ProduceRequest request;
  for (int16_t version = 3; version <= 13; ++version) {
    CAPTURE(version);
    auto frame = wire::produce(full_spec(version));
    REQUIRE(decode(frame, &request));
    CHECK(request.header.correlation_id == 77);
    CHECK(request.header.client_id == "test");
    CHECK_FALSE(request.has_transactional_id);
    CHECK(request.acks == -1);
    CHECK(request.timeout_ms == 1234);
    CHECK(request.topics_by_id() == (version >= 13));
    REQUIRE(request.topics.size() == 3);
    REQUIRE(request.partitions.size() == 3);
    CHECK(request.topics[1].name == (version < 13 ? "beta" : ""));
    CHECK(request.topics[1].id == (version < 13 ? Uuid{} : some_id()));
    CHECK(request.topics[1].first_partition == 1);
    CHECK(request.topics[1].partition_count == 1);
    CHECK(request.partitions[0].index == PartitionIndex(3));
    REQUIRE(request.partitions[0].records);
    CHECK(request.partitions[0].records->size() == 3);
    CHECK(request.partitions[1].index == PartitionIndex(-4));
    CHECK_FALSE(request.partitions[1].records);
    REQUIRE(request.partitions[2].records);
    CHECK(request.partitions[2].records->empty());
  }
}

TEST_CASE("a transactional id is noticed") {
  ProduceRequest request;
  for (int16_t version : {3, 9, 13}) {
    auto spec = full_spec(version);
    spec.transactional_id = "";
    auto frame = wire::produce(spec);
    REQUIRE(decode(frame, &request));
    CHECK(request.has_transactional_id);
  }
}

TEST_CASE("a frame that is cut anywhere is malformed") {
  ProduceRequest request;
  for (int16_t version = 3; version <= 13; ++version) {
    CAPTURE(version);
    const auto frame = wire::produce(full_spec(version));
    for (size_t size = 0; size < frame.size(); ++size) {
      CAPTURE(size);
      std::vector<uint8_t> cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK_FALSE(decode(cut, &request));
    }
  }
}

TEST_CASE("a count of a million topics in a small frame allocates nothing") {
  ProduceRequest request;
  auto frame = wire::produce(full_spec(3));
  // key 2, version 2, correlation 4, client 6, transactional id 2, acks 2, timeout 4
  store_be<int32_t>(frame.data() + 22, 1000000);
  CHECK_FALSE(decode(frame, &request));
  CHECK(request.topics.capacity() < 100);
}

TEST_CASE("100,000 mutated frames are read or refused, within their bytes") {
  std::mt19937_64 random(2024);
  ProduceRequest request;
  size_t accepted = 0;
  for (int i = 0; i < 100000; ++i) {
    const auto version = static_cast<int16_t>(3 + random() % 11);
    auto frame = mutate(wire::produce(full_spec(version)), random);
    frame.shrink_to_fit();  // so that the sanitizer sees every step beyond the end
    if (!decode(frame, &request)) continue;
    ++accepted;
    REQUIRE(request.partitions.size() <= frame.size());
    for (const auto& topic : request.topics) {
      REQUIRE(topic.first_partition + topic.partition_count <= request.partitions.size());
    }
    for (const auto& partition : request.partitions) {
      if (!partition.records || partition.records->empty()) continue;
      REQUIRE(partition.records->data() >= frame.data());
      REQUIRE(partition.records->data() + partition.records->size() <= frame.data() + frame.size());
    }
  }
  CHECK(accepted > 1000);  // the mutations are not all fatal
}

}  // namespace
}  // namespace odradek
