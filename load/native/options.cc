#include "options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tuple>

#include "fatal.h"

namespace odradek::bench {

namespace {

constexpr const char* kHelp = R"(odradek-load produce|fetch|end-to-end|disk|scan|evict [option]...

Loads a Kafka broker over closed-loop connections, or at a fixed rate, and prints one JSON object;
or does without a broker what no broker can do faster: writes and syncs in a loop (disk), sends a
broker's record files once over loopback (scan); or drops those files from the page cache, and fails
if they stay there (evict). SIGTERM ends the measured time of a broker's load early.

end-to-end produces and reads what it produced; with --rate a latency is from when a request was due
until its records have arrived. It takes the options of produce, --max-bytes, --max-wait-ms,
--min-bytes, and a thread more than --threads for its consumers.

  --broker HOST:PORT      the one broker that leads all partitions (127.0.0.1:9092)
  --topic NAME            (load)
  --partitions N          connection i uses partition i modulo N (6)
  --create                create the topic first; one that exists is kept
  --topic-config K=V      config of a created topic, may be repeated
  --connections N         (1)
  --threads N             connections are shared out evenly (1)
  --look                  threads look for events instead of sleeping: an answer waits for no
                          wake-up, and each takes a processor
  --warmup SECONDS        not measured (0)
  --duration SECONDS      measured (5)
  --requests N            stop after N requests, warm-up included
  --bytes N               stop after N bytes of batches, warm-up included
  --pid PID               measure this process's CPU time over the same window

 produce:
  --in-flight N           unanswered requests per connection (1)
  --records N             records per request, in one batch (1)
  --record-bytes N        bytes of each record's value (100)
  --acks 0|1|-1           (1)
  --rotate                the run's n-th request to partition n modulo N, instead of a fixed one
                          for each connection
  --rate N                requests per second over all connections, each due at a fixed time from
                          which its latency counts, however late it is sent (0: as fast as answers
                          come); --in-flight bounds how many of a connection wait for an answer

 fetch:
  --max-bytes N           per request and partition (1048576)
  --max-wait-ms N         (500)
  --min-bytes N           (1)
  --session               use a fetch session
  --discard               let the kernel drop batch bodies unread (MSG_TRUNC) instead of copying
  --once                  each connection reads its partition to the end once, instead of beginning
                          again there

 end-to-end:
  --connections N         connection i alone produces to partitions i, i + N, i + 2 N ... in turn
  --consumers N           reading connections, each a session over its share of the partitions (1)
  --fan-out               each consumer reads all partitions, not its share; what it reads counts
                          for each

 disk:
  --path DIR              where the file is made that is written; required
  --write-bytes N         bytes of each write, with a sync behind it (1024)

 scan:
  --path DIR              the broker's data; required
  --topic NAME            whose files are sent, of partitions below --partitions
  --max-bytes N           sent for each request (1048576)

 evict:
  --path DIR              the broker's data; required
)";

int64_t parse_number(const char* name, const char* text, int64_t min, int64_t max) {
  char* end = nullptr;
  const long long value = std::strtoll(text, &end, 10);
  if (end == text || *end != '\0' || value < min || value > max) {
    fatal("%s must be a whole number from %lld to %lld, not '%s'", name,
          static_cast<long long>(min), static_cast<long long>(max), text);
  }
  return value;
}

double parse_seconds(const char* name, const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || !(value >= 0 && value <= 86400)) {
    fatal("%s must be seconds from 0 to 86400, not '%s'", name, text);
  }
  return value;
}

std::pair<std::string, std::string> split_at(const char* name, const char* text, char separator,
                                             bool last) {
  const char* at = last ? std::strrchr(text, separator) : std::strchr(text, separator);
  if (at == nullptr) fatal("%s needs a '%c', got '%s'", name, separator, text);
  return {std::string(text, at), std::string(at + 1)};
}

bool parse_flag(Options& options, const std::string& name) {
  if (name == "--create")
    options.create = true;
  else if (name == "--rotate")
    options.rotate = true;
  else if (name == "--look")
    options.look = true;
  else if (name == "--session")
    options.session = true;
  else if (name == "--discard")
    options.discard = true;
  else if (name == "--once")
    options.once = true;
  else if (name == "--fan-out")
    options.fan_out = true;
  else
    return false;
  return true;
}

bool parse_target(Options& options, const std::string& name, const char* value) {
  const char* n = name.c_str();
  if (name == "--broker") {
    std::tie(options.host, options.port) = split_at(n, value, ':', true);
  } else if (name == "--topic") {
    // One-byte lengths are assumed where answers are read at fixed places.
    if (std::strlen(value) < 1 || std::strlen(value) > 100) fatal("--topic: 1 to 100 characters");
    options.topic = value;
  } else if (name == "--topic-config") {
    options.topic_configs.push_back(split_at(n, value, '=', false));
  } else if (name == "--partitions") {
    options.partitions = static_cast<int>(parse_number(n, value, 1, 10000));
  } else if (name == "--pid") {
    options.pid = static_cast<int>(parse_number(n, value, 1, INT32_MAX));
  } else {
    return false;
  }
  return true;
}

bool parse_run(Options& options, const std::string& name, const char* value) {
  const char* n = name.c_str();
  if (name == "--connections") {
    options.connections = static_cast<int>(parse_number(n, value, 1, 10000));
  } else if (name == "--threads") {
    options.threads = static_cast<int>(parse_number(n, value, 1, 64));
  } else if (name == "--warmup") {
    options.warmup_s = parse_seconds(n, value);
  } else if (name == "--duration") {
    options.duration_s = parse_seconds(n, value);
  } else if (name == "--requests") {
    options.requests_max = parse_number(n, value, 1, INT64_MAX);
  } else if (name == "--bytes") {
    options.bytes_max = parse_number(n, value, 1, INT64_MAX);
  } else {
    return false;
  }
  return true;
}

bool parse_request(Options& options, const std::string& name, const char* value) {
  const char* n = name.c_str();
  if (name == "--in-flight") {
    options.in_flight = static_cast<int>(parse_number(n, value, 1, 512));
  } else if (name == "--records") {
    options.records = static_cast<int>(parse_number(n, value, 1, 1000000));
  } else if (name == "--record-bytes") {
    options.record_bytes = static_cast<int>(parse_number(n, value, 0, 64 << 20));
  } else if (name == "--acks") {
    options.acks = static_cast<int>(parse_number(n, value, -1, 1));
  } else if (name == "--rate") {
    options.rate = static_cast<int>(parse_number(n, value, 1, 10000000));
  } else if (name == "--consumers") {
    options.consumers = static_cast<int>(parse_number(n, value, 1, 1000));
  } else if (name == "--max-bytes") {
    options.max_bytes = static_cast<int>(parse_number(n, value, 1, INT32_MAX));
  } else if (name == "--max-wait-ms") {
    options.max_wait_ms = static_cast<int>(parse_number(n, value, 0, 60000));
  } else if (name == "--min-bytes") {
    options.min_bytes = static_cast<int>(parse_number(n, value, 0, INT32_MAX));
  } else {
    return false;
  }
  return true;
}

bool parse_disk(Options& options, const std::string& name, const char* value) {
  if (name == "--path") {
    options.path = value;
  } else if (name == "--write-bytes") {
    options.write_bytes = static_cast<int>(parse_number(name.c_str(), value, 1, 4 << 20));
  } else {
    return false;
  }
  return true;
}

Mode parse_mode(const char* text) {
  if (text != nullptr && std::strcmp(text, "produce") == 0) return Mode::produce;
  if (text != nullptr && std::strcmp(text, "fetch") == 0) return Mode::fetch;
  if (text != nullptr && std::strcmp(text, "end-to-end") == 0) return Mode::end_to_end;
  if (text != nullptr && std::strcmp(text, "disk") == 0) return Mode::disk;
  if (text != nullptr && std::strcmp(text, "scan") == 0) return Mode::scan;
  if (text != nullptr && std::strcmp(text, "evict") == 0) return Mode::evict;
  fatal(
      "the first argument is the mode, produce, fetch, end-to-end, disk, scan or evict; see "
      "--help");
}

void check(const Options& options) {
  const bool end_to_end = options.mode == Mode::end_to_end;
  if (options.mode == Mode::disk && options.path.empty()) fatal("disk needs --path");
  if (options.mode == Mode::scan && options.path.empty()) fatal("scan needs --path");
  if (options.mode == Mode::evict && options.path.empty()) fatal("evict needs --path");
  if (options.mode != Mode::produce && !end_to_end && options.rate != 0) {
    fatal("only produce and end-to-end have a --rate");
  }
  if (options.acks == 0 && options.rate != 0) fatal("--rate needs answers: --acks 1 or -1");
  if (!end_to_end) return;
  if (options.acks == 0) fatal("end-to-end needs answers: --acks 1 or -1");
  if (options.rotate) fatal("end-to-end has turns of its own: no --rotate");
  const int sharing = options.fan_out ? 1 : options.consumers;
  if (std::max(options.connections, sharing) > options.partitions) {
    fatal("end-to-end needs a partition for each connection and each consumer");
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  if (argc >= 2 && (std::strcmp(argv[1], "--help") == 0 || std::strcmp(argv[1], "-h") == 0)) {
    std::fputs(kHelp, stdout);
    std::exit(0);
  }
  options.mode = parse_mode(argc >= 2 ? argv[1] : nullptr);
  for (int i = 2; i < argc; i++) {
    const std::string name = argv[i];
    if (parse_flag(options, name)) continue;
    if (i + 1 == argc) fatal("%s is unknown or needs a value; see --help", argv[i]);
    const char* value = argv[++i];
    if (!parse_target(options, name, value) && !parse_run(options, name, value) &&
        !parse_request(options, name, value) && !parse_disk(options, name, value)) {
      fatal("unknown option %s; see --help", name.c_str());
    }
  }
  check(options);
  if (options.threads > options.connections) options.threads = options.connections;
  if (int64_t{options.records} * (options.record_bytes + 32) > (64 << 20)) {
    fatal("--records times --record-bytes is more than 64 MiB");
  }
  return options;
}

}  // namespace odradek::bench
