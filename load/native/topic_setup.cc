#include "topic_setup.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "fatal.h"
#include "requests.h"
#include "socket.h"
#include "wire_reader.h"

namespace odradek::bench {

namespace {

constexpr int16_t kTopicAlreadyExists = 36;
constexpr auto kLeaderWaitMax = std::chrono::seconds(120);

// Makes the partitions beyond those that the topic was created with.
void add_partitions(const Socket& socket, const Options& options) {
  const std::vector<uint8_t> answer = round_trip(socket, make_create_partitions_frame(options));
  WireReader in(answer);
  in.get<int32_t>();  // correlation id
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  if (in.get_compact_length() != 1) fatal("CreatePartitions was not answered for one topic");
  in.get_compact_string();
  const auto error = in.get<int16_t>();
  const std::string message = in.get_compact_string();
  if (!in.ok()) fatal("the CreatePartitions answer is cut short");
  if (error != 0) fatal("CreatePartitions failed with error %d: %s", error, message.c_str());
}

// False if it is there already.
bool create_topic(const Socket& socket, const Options& options) {
  const std::vector<uint8_t> answer = round_trip(socket, make_create_topic_frame(options));
  WireReader in(answer);
  in.get<int32_t>();  // correlation id
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  if (in.get_compact_length() != 1) fatal("CreateTopics was not answered for one topic");
  in.get_compact_string();
  const auto error = in.get<int16_t>();
  const std::string message = in.get_compact_string();
  if (!in.ok()) fatal("the CreateTopics answer is cut short");
  if (error != 0 && error != kTopicAlreadyExists) {
    fatal("CreateTopics failed with error %d: %s", error, message.c_str());
  }
  return error == 0;
}

void skip_int32_array(WireReader& in) { in.skip(sizeof(int32_t) * in.get_compact_length()); }

// Number of partitions with a leader, 0 while the topic is unknown.
int partitions_ready(const Socket& socket, const Options& options) {
  const std::vector<uint8_t> answer = round_trip(socket, make_metadata_frame(options));
  WireReader in(answer);
  in.get<int32_t>();  // correlation id
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  for (uint32_t i = in.get_compact_length(); i > 0 && in.ok(); i--) {
    in.get<int32_t>();  // node id
    in.get_compact_string();
    in.get<int32_t>();  // port
    in.get_compact_string();
    in.skip_tags();
  }
  in.get_compact_string();  // cluster id
  in.get<int32_t>();        // controller id
  if (in.get_compact_length() != 1) fatal("Metadata was not answered for one topic");
  in.get<int16_t>();  // error, seen in the missing partitions
  in.get_compact_string();
  in.get<int8_t>();  // internal
  std::set<int32_t> leaders;
  int ready = 0;
  for (uint32_t i = in.get_compact_length(); i > 0 && in.ok(); i--) {
    const auto error = in.get<int16_t>();
    in.get<int32_t>();  // index
    const auto leader = in.get<int32_t>();
    in.get<int32_t>();  // leader epoch
    skip_int32_array(in);
    skip_int32_array(in);
    skip_int32_array(in);
    in.skip_tags();
    if (error != 0 || leader < 0) continue;
    leaders.insert(leader);
    ready++;
  }
  if (!in.ok()) fatal("the Metadata answer is cut short");
  if (leaders.size() > 1) fatal("topic %s is led by several brokers", options.topic.c_str());
  return ready;
}

// Where each partition ends whose leader answers for it, -1 for the others: a broker may name
// itself leader in Metadata some time before it has opened the log.
std::vector<int64_t> log_end_offsets(const Socket& socket, const Options& options) {
  const std::vector<uint8_t> answer = round_trip(socket, make_list_offsets_frame(options));
  WireReader in(answer);
  in.get<int32_t>();  // correlation id
  in.skip_tags();
  in.get<int32_t>();  // throttle time
  if (in.get_compact_length() != 1) fatal("ListOffsets was not answered for one topic");
  in.get_compact_string();
  std::vector<int64_t> ends(static_cast<size_t>(options.partitions), -1);
  for (uint32_t i = in.get_compact_length(); i > 0 && in.ok(); i--) {
    const auto index = in.get<uint32_t>();
    const auto error = in.get<int16_t>();
    in.get<int64_t>();  // timestamp
    const auto offset = in.get<int64_t>();
    in.get<int32_t>();  // leader epoch
    if (error == 0 && index < ends.size()) ends[index] = offset;
    in.skip_tags();
  }
  if (!in.ok()) fatal("the ListOffsets answer is cut short");
  return ends;
}

std::vector<int64_t> wait_until_served(const Socket& socket, const Options& options) {
  const auto deadline = std::chrono::steady_clock::now() + kLeaderWaitMax;
  while (true) {
    int ready = partitions_ready(socket, options);
    if (ready >= options.partitions) {
      std::vector<int64_t> ends = log_end_offsets(socket, options);
      ready = options.partitions - static_cast<int>(std::ranges::count(ends, -1));
      if (ready == options.partitions) return ends;
    }
    if (std::chrono::steady_clock::now() > deadline) {
      fatal("topic %s has %d of %d partitions with a serving leader", options.topic.c_str(), ready,
            options.partitions);
    }
    usleep(20000);
  }
}

}  // namespace

std::vector<int64_t> prepare_topic(const Options& options) {
  const Socket socket = connect_to(options.host, options.port);
  Options first = options;
  first.partitions = std::min(options.partitions, kPartitionsCreatedMax);
  if (options.create && create_topic(socket, first) && first.partitions < options.partitions) {
    // Apache Kafka may lose one of them when it is asked while it still makes the first.
    wait_until_served(socket, first);
    add_partitions(socket, options);
  }
  return wait_until_served(socket, options);
}

}  // namespace odradek::bench
