// Whether a new connection is served: how many there may be in all, on a listener and from an
// address, and how many a second. The rules are Apache Kafka's: beyond the numbers and rates of the
// broker and its listeners nobody is accepted until there is room again; beyond the number of an
// address the connection is closed at once, beyond its rate after a while.
//
// Threads: safe from any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "data_path/sampled_rate.h"
#include "net/endpoint.h"

namespace odradek {

inline constexpr double kNoRate = std::numeric_limits<double>::infinity();

// What holds for the broker, or for one of its listeners.
struct AcceptLimits {
  int64_t connections_max = std::numeric_limits<int32_t>::max();  // max.connections
  double rate_max = kNoRate;                                      // max.connection.creation.rate
};

// One listener's own limits; it may have several addresses.
struct ListenerLimits {
  std::vector<Endpoint> endpoints;
  AcceptLimits limits;
  bool exempt = false;  // from the broker's: clients may not keep brokers away
};

// All limits of one moment.
struct ConnectionLimitTable {
  RateWindows windows;
  AcceptLimits broker;
  std::vector<ListenerLimits> listeners;
  int64_t per_ip_max = std::numeric_limits<int32_t>::max();  // max.connections.per.ip
  std::unordered_map<std::string, int64_t> per_ip;           // max.connections.per.ip.overrides
  double ip_rate_max = kNoRate;  // connection_creation_rate of addresses that are not named
  std::unordered_map<std::string, double> ip_rates;  // by numeric address
};

// What becomes of a connection that was accepted.
struct Admission {
  enum class Verdict : uint8_t { serve, close, close_later };
  Verdict verdict = Verdict::serve;
  int64_t close_after_ms = 0;   // of close_later
  int64_t accept_after_ms = 0;  // the listener accepts nobody for so long
};

class ConnectionAdmission {
 public:
  // `connections_max` holds until the first set().
  explicit ConnectionAdmission(int64_t connections_max) {
    table_.broker.connections_max = connections_max;
  }

  // Replaces all limits; connections that are there stay.
  void set(ConnectionLimitTable table);
  // False while the listener with this endpoint has no room for another one.
  bool has_room(const Endpoint& listener) const;
  // Judges a connection from `host` that was just accepted. Whoever is served is counted until
  // closed().
  Admission admit(const Endpoint& listener, const std::string& host, int64_t now_ms);
  // A connection that was served has closed.
  void closed(const Endpoint& listener, const std::string& host);

 private:
  // What is counted of a listener; its addresses share it.
  struct Count {
    int64_t open = 0;
    SampledRate rate;
  };

  // Index into table_.listeners; npos for an endpoint without limits of its own.
  size_t listener_of(const Endpoint& endpoint) const;
  int64_t wait_ms(SampledRate& rate, double limit, int64_t now_ms);

  mutable std::mutex mutex_;  // guards all below
  ConnectionLimitTable table_;
  int64_t open_ = 0;
  SampledRate rate_;
  std::unordered_map<std::string, Count> listeners_;  // by the first of its endpoints
  std::unordered_map<std::string, int64_t> hosts_;    // open connections
  std::unordered_map<std::string, SampledRate> host_rates_;
};

// An IPv4 address that a dual-stack socket shows as ::ffff:a.b.c.d, in its plain form.
std::string plain_host(const std::string& host);

}  // namespace odradek
