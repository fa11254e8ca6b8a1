// The requests of test/wire, which Apache Kafka itself encoded: each is read to its last byte, and
// cut at every byte or with any byte changed it is refused or read within its bytes.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "data_path/fetch_request.h"
#include "data_path/produce_request.h"

namespace odradek {
namespace {

using Bytes = std::vector<uint8_t>;

// A request body: version, the JSON that it was made of, and its bytes.
struct Golden {
  int16_t version;
  std::string json;
  Bytes bytes;
};

Bytes bytes_of_hex(const std::string& text) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
  }
  return bytes;
}

std::vector<Golden> golden(const char* file_name, const std::string& message) {
  const auto here = std::filesystem::path(__FILE__).parent_path();
  std::ifstream file(here / ".." / ".." / "wire" / file_name);
  REQUIRE(file.is_open());
  std::vector<Golden> all;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(message + " ")) continue;
    Golden one;
    one.version = static_cast<int16_t>(std::atoi(line.c_str() + message.size() + 1));
    REQUIRE(std::getline(file, one.json));
    REQUIRE(std::getline(file, line));
    one.bytes = bytes_of_hex(line);
    all.push_back(std::move(one));
  }
  return all;
}

// The first number of this name in the JSON; a request's own come before those of its arrays.
int64_t number_in(const std::string& json, const std::string& name) {
  const size_t at = json.find("\"" + name + "\":");
  REQUIRE(at != std::string::npos);
  return std::atoll(json.c_str() + at + name.size() + 3);
}

size_t count_in(const std::string& json, const std::string& text) {
  size_t count = 0;
  for (size_t at = json.find(text); at != std::string::npos; at = json.find(text, at + 1)) ++count;
  return count;
}

// A copy without a spare byte, so that a sanitizer sees a read past the end. In front stand the
// header's tagged fields, which the bodies of flexible versions are read with.
struct Frame {
  Frame(const Bytes& body, size_t size, bool flexible)
      : length(size + (flexible ? 1 : 0)), memory(new uint8_t[length]) {
    uint8_t* at = memory.get();
    if (flexible) *at++ = 0;
    std::copy_n(body.begin(), size, at);
  }
  WireReader reader() { return WireReader(ByteSpan(memory.get(), length)); }

  size_t length;
  std::unique_ptr<uint8_t[]> memory;
};

struct Fetch {
  static constexpr const char* kFile = "01-fetch.hex";
  static constexpr const char* kMessage = "FetchRequest";
  static constexpr int16_t kKey = kFetchKey;
  static constexpr int16_t kFlexibleMin = kFetchFlexibleMin;
  static constexpr int16_t kMin = kFetchVersionMin;
  static constexpr int16_t kMax = kFetchVersionMax;
  static bool decode(const RequestHeader& header, WireReader& reader, FetchRequest* request) {
    return decode_fetch_request(header, reader, request);
  }
  using Request = FetchRequest;
};

struct Produce {
  static constexpr const char* kFile = "00-produce.hex";
  static constexpr const char* kMessage = "ProduceRequest";
  static constexpr int16_t kKey = kProduceKey;
  static constexpr int16_t kFlexibleMin = kProduceFlexibleMin;
  static constexpr int16_t kMin = kProduceVersionMin;
  static constexpr int16_t kMax = kProduceVersionMax;
  static bool decode(const RequestHeader& header, WireReader& reader, ProduceRequest* request) {
    return decode_produce_request(header, reader, request);
  }
  using Request = ProduceRequest;
};

template <class Api>
RequestHeader header_of(int16_t version) {
  RequestHeader header;
  header.api_key = Api::kKey;
  header.api_version = version;
  return header;
}

// Ranges of partitions are inside what was read, whatever the bytes said.
template <class Request>
void check_ranges(const Request& request) {
  for (const auto& topic : request.topics) {
    CHECK(size_t{topic.first_partition} + topic.partition_count <= request.partitions.size());
  }
}

}  // namespace

TEST_CASE_TEMPLATE("Kafka's own requests are read to their last byte, in every version", Api, Fetch,
                   Produce) {
  const std::vector<Golden> all = golden(Api::kFile, Api::kMessage);
  std::vector<bool> seen(static_cast<size_t>(Api::kMax) + 1);
  for (const Golden& one : all) {
    CAPTURE(one.version);
    CAPTURE(one.json);
    Frame frame(one.bytes, one.bytes.size(), one.version >= Api::kFlexibleMin);
    WireReader reader = frame.reader();
    typename Api::Request request;
    REQUIRE(Api::decode(header_of<Api>(one.version), reader, &request));
    CHECK(reader.remaining() == 0);
    check_ranges(request);
    seen[static_cast<size_t>(one.version)] = true;
  }
  for (int16_t version = Api::kMin; version <= Api::kMax; ++version) {
    CAPTURE(version);
    CHECK(seen[static_cast<size_t>(version)]);
  }
}

TEST_CASE_TEMPLATE("cut at any byte they are refused", Api, Fetch, Produce) {
  typename Api::Request request;  // reused, as a connection does
  for (const Golden& one : golden(Api::kFile, Api::kMessage)) {
    CAPTURE(one.version);
    for (size_t size = 0; size < one.bytes.size(); ++size) {
      CAPTURE(size);
      Frame frame(one.bytes, size, one.version >= Api::kFlexibleMin);
      WireReader reader = frame.reader();
      REQUIRE_FALSE(Api::decode(header_of<Api>(one.version), reader, &request));
      REQUIRE(reader.remaining() == 0);
    }
  }
}

TEST_CASE_TEMPLATE("with any byte changed they are refused or read within their bytes", Api, Fetch,
                   Produce) {
  typename Api::Request request;
  for (const Golden& one : golden(Api::kFile, Api::kMessage)) {
    CAPTURE(one.version);
    for (size_t at = 0; at < one.bytes.size(); ++at) {
      for (const uint8_t change : {0x01, 0x80, 0xff}) {
        Bytes changed = one.bytes;
        changed[at] ^= change;
        Frame frame(changed, changed.size(), one.version >= Api::kFlexibleMin);
        WireReader reader = frame.reader();
        if (Api::decode(header_of<Api>(one.version), reader, &request)) check_ranges(request);
        REQUIRE(request.partitions.capacity() <= (size_t{1} << 20));
      }
    }
  }
}

TEST_CASE("the fields of a fetch request are those of its JSON") {
  for (const Golden& one : golden(Fetch::kFile, Fetch::kMessage)) {
    CAPTURE(one.version);
    CAPTURE(one.json);
    Frame frame(one.bytes, one.bytes.size(), one.version >= kFetchFlexibleMin);
    WireReader reader = frame.reader();
    FetchRequest request;
    REQUIRE(decode_fetch_request(header_of<Fetch>(one.version), reader, &request));
    CHECK(request.wait_ms_max == number_in(one.json, "maxWaitMs"));
    CHECK(request.bytes_min == number_in(one.json, "minBytes"));
    CHECK(request.bytes_max == number_in(one.json, "maxBytes"));
    CHECK(request.isolation_level == number_in(one.json, "isolationLevel"));
    if (one.json.find("\"replicaId\":") != std::string::npos) {
      CHECK(request.replica_id == number_in(one.json, "replicaId"));
    }
    if (one.version >= kFetchSessionMin) {
      CHECK(request.session_id == number_in(one.json, "sessionId"));
      CHECK(request.session_epoch == number_in(one.json, "sessionEpoch"));
    }
    CHECK(request.partitions.size() == count_in(one.json, "\"fetchOffset\":"));
    if (request.partitions.empty()) continue;
    CHECK(request.partitions.front().fetch_offset.value == number_in(one.json, "fetchOffset"));
    CHECK(request.partitions.front().bytes_max == number_in(one.json, "partitionMaxBytes"));
  }
}

TEST_CASE("the fields of a produce request are those of its JSON") {
  for (const Golden& one : golden(Produce::kFile, Produce::kMessage)) {
    CAPTURE(one.version);
    CAPTURE(one.json);
    Frame frame(one.bytes, one.bytes.size(), one.version >= kProduceFlexibleMin);
    WireReader reader = frame.reader();
    ProduceRequest request;
    REQUIRE(decode_produce_request(header_of<Produce>(one.version), reader, &request));
    CHECK(request.acks == number_in(one.json, "acks"));
    CHECK(request.timeout_ms == number_in(one.json, "timeoutMs"));
    CHECK(request.has_transactional_id ==
          (one.json.find("\"transactionalId\":null") == std::string::npos));
    CHECK(request.partitions.size() == count_in(one.json, "\"records\":"));
    size_t nulls = 0;
    for (const ProduceRequest::Partition& partition : request.partitions) {
      if (!partition.records) ++nulls;
    }
    CHECK(nulls == count_in(one.json, "\"records\":null"));
  }
}

}  // namespace odradek
