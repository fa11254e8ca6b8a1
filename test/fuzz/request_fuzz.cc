// Requests that native code decodes: header, Produce and Fetch of every version. Whatever the
// bytes, what is decoded lies inside the frame and counts no more than the frame can hold.
//
//   frame without its length; the low bits of the API key choose Produce or Fetch
#include "base/assert.h"
#include "data_path/fetch_request.h"
#include "data_path/produce_request.h"
#include "input.h"

namespace odradek {
namespace {

// Views into the frame, and what they count together.
class Frame {
 public:
  explicit Frame(ByteSpan bytes) : bytes_(bytes) {}

  void check(std::string_view text) const {
    if (!text.empty()) check(ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  }
  void check(ByteView view) const {
    if (view.empty()) return;
    ASSERT(view.data() >= bytes_.data());
    ASSERT(view.data() + view.size() <= bytes_.data() + bytes_.size());
  }
  // Each of them took at least a byte.
  void check_count(size_t count) const { ASSERT(count <= bytes_.size()); }

 private:
  ByteSpan bytes_;
};

template <class Topic>
void check_topics(const Frame& frame, const std::vector<Topic>& topics, size_t partitions) {
  frame.check_count(topics.size());
  frame.check_count(partitions);
  size_t next = 0;
  for (const Topic& topic : topics) {
    frame.check(topic.name);
    ASSERT(topic.first_partition == next);
    next += topic.partition_count;
  }
  ASSERT(next == partitions);
}

void produce(const Frame& frame, const RequestHeader& header, WireReader reader) {
  ProduceRequest request;
  if (!decode_produce_request(header, reader, &request)) return;
  check_topics(frame, request.topics, request.partitions.size());
  for (const auto& partition : request.partitions) {
    if (partition.records) frame.check(ByteView(*partition.records));
  }
}

void fetch(const Frame& frame, const RequestHeader& header, WireReader reader) {
  FetchRequest request;
  if (!decode_fetch_request(header, reader, &request)) return;
  check_topics(frame, request.topics, request.partitions.size());
  check_topics(frame, request.forgotten_topics, request.forgotten.size());
}

// Into the range of versions that the decoder is asked for.
int16_t version_between(int16_t given, int16_t min, int16_t max) {
  const int span = max - min + 1;
  return static_cast<int16_t>(min + (((given - min) % span) + span) % span);
}

}  // namespace

void fuzz_request(fuzz::Input input) {
  std::vector<uint8_t> bytes = input.bytes(input.size());
  const Frame frame{ByteSpan(bytes)};
  WireReader reader{ByteSpan(bytes)};
  auto header = read_request_header(reader);
  if (!header) return;
  frame.check(header->client_id);
  if (header->api_key % 2 == kProduceKey) {
    header->api_version =
        version_between(header->api_version, kProduceVersionMin, kProduceVersionMax);
    produce(frame, *header, reader);
  } else {
    header->api_version = version_between(header->api_version, kFetchVersionMin, kFetchVersionMax);
    fetch(frame, *header, reader);
  }
}

}  // namespace odradek

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  odradek::fuzz_request({data, size});
  return 0;
}
