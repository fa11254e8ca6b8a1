// The command line of odradek-load, parsed and checked.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace odradek::bench {

// What is loaded: a broker, in `disk` a bare disk, in `scan` a disk and loopback; `evict` loads
// nothing.
enum class Mode : uint8_t { produce, fetch, end_to_end, disk, scan, evict };

struct Options {
  Mode mode = Mode::produce;
  std::string host = "127.0.0.1";
  std::string port = "9092";
  std::string topic = "load";
  int partitions = 6;
  bool create = false;
  std::vector<std::pair<std::string, std::string>> topic_configs;
  int connections = 1;
  int threads = 1;
  // Seconds. The measured part begins after the warm-up and ends after `duration`, or earlier
  // when a limit on requests or bytes is reached.
  double warmup_s = 0;
  double duration_s = 5;
  // Limits over the whole run, warm-up included.
  int64_t requests_max = INT64_MAX;
  int64_t bytes_max = INT64_MAX;
  // Process whose CPU time is measured over the same window; 0 is none.
  int pid = 0;

  // Produce.
  int in_flight = 1;
  int records = 1;
  int record_bytes = 100;
  int acks = 1;
  bool rotate = false;
  bool look = false;
  // Requests per second over all connections, each due at a fixed time; 0 is a closed loop.
  int rate = 0;

  // Fetch.
  int max_bytes = 1 << 20;
  int max_wait_ms = 500;
  int min_bytes = 1;
  bool session = false;
  bool discard = false;
  bool once = false;

  // End to end.
  int consumers = 1;
  bool fan_out = false;

  // Disk, scan and evict.
  std::string path;
  int write_bytes = 1024;
};

// How many threads load the broker: end to end one more reads than produce.
inline int threads_of(const Options& options) {
  return options.threads + (options.mode == Mode::end_to_end ? 1 : 0);
}

// Reads the arguments; an unknown or wrong one ends the process with a sentence, --help with the
// list of options.
Options parse_options(int argc, char** argv);

}  // namespace odradek::bench
