#include "report.h"

#include <cstdio>

namespace odradek::bench {

namespace {

double microseconds(uint64_t ns) { return static_cast<double>(ns) / 1e3; }

const char* name_of(Mode mode) {
  switch (mode) {
    case Mode::produce:
      return "produce";
    case Mode::fetch:
      return "fetch";
    case Mode::end_to_end:
      return "end-to-end";
    case Mode::disk:
      return "disk";
    case Mode::scan:
      return "scan";
    case Mode::evict:
      return "evict";
  }
  return "";
}

// x / y, 0 where there was nothing to divide by.
double ratio(double x, double y) { return y > 0 ? x / y : 0; }

void print_latency(const char* name, const Histogram& latency) {
  std::printf(
      "\"%s\":{\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,"
      "\"p999\":%.1f,\"max\":%.1f},",
      name, latency.mean() / 1e3, microseconds(latency.quantile(0.5)),
      microseconds(latency.quantile(0.9)), microseconds(latency.quantile(0.99)),
      microseconds(latency.quantile(0.999)), microseconds(latency.max()));
}

}  // namespace

void print_evicted(const Evicted& evicted) {
  std::printf("{\"mode\":\"evict\",\"files\":%lld,\"bytes\":%lld,\"residentBytes\":%lld}\n",
              static_cast<long long>(evicted.files), static_cast<long long>(evicted.bytes),
              static_cast<long long>(evicted.resident_bytes));
}

void print_report(const Options& options, const Window& window, const Counts& counts) {
  const double seconds = static_cast<double>(window.wall_ns) / 1e9;
  const double own_cpu = static_cast<double>(window.own_cpu_ns) / 1e9;
  const double broker_cpu = static_cast<double>(window.broker_cpu_ns) / 1e9;
  const auto requests = static_cast<double>(counts.requests);
  const auto bytes = static_cast<double>(counts.batch_bytes);
  std::printf("{\"mode\":\"%s\",\"connections\":%d,\"threads\":%d,\"partitions\":%d,",
              name_of(options.mode), options.connections, threads_of(options), options.partitions);
  std::printf("\"seconds\":%.6f,\"requests\":%lld,\"records\":%lld,\"bytes\":%lld,", seconds,
              static_cast<long long>(counts.requests), static_cast<long long>(counts.records),
              static_cast<long long>(counts.batch_bytes));
  std::printf("\"requestsPerSecond\":%.1f,\"recordsPerSecond\":%.1f,\"mbPerSecond\":%.2f,",
              ratio(requests, seconds), ratio(static_cast<double>(counts.records), seconds),
              ratio(bytes / 1e6, seconds));
  print_latency("latencyUs", counts.latency);
  if (counts.answer.count() > 0) print_latency("answerUs", counts.answer);
  if (options.rate != 0) {
    const Histogram& lag = counts.send_lag;
    std::printf("\"rate\":%d,\"behind\":%lld,", options.rate,
                static_cast<long long>(counts.behind));
    std::printf("\"sendLagUs\":{\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f},",
                microseconds(lag.quantile(0.5)), microseconds(lag.quantile(0.99)),
                microseconds(lag.max()));
  }
  if (window.connect_ns > 0) {
    const double connect_s = static_cast<double>(window.connect_ns) / 1e9;
    std::printf("\"connectSeconds\":%.6f,\"connectionsPerSecond\":%.1f,", connect_s,
                options.connections / connect_s);
  }
  std::printf("\"generatorCpuSeconds\":%.6f,\"generatorCpuUsPerRequest\":%.3f", own_cpu,
              ratio(own_cpu * 1e6, requests));
  if (options.pid != 0) {
    std::printf(
        ",\"brokerCpuSeconds\":%.6f,\"brokerCpuSecondsPerGb\":%.4f,"
        "\"brokerCpuUsPerRequest\":%.3f",
        broker_cpu, ratio(broker_cpu, bytes / 1e9), ratio(broker_cpu * 1e6, requests));
  }
  std::printf("}\n");
}

}  // namespace odradek::bench
