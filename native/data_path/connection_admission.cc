#include "data_path/connection_admission.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace odradek {
namespace {

constexpr size_t kNoListener = static_cast<size_t>(-1);
// Addresses whose rates are kept before those that went away are looked for.
constexpr size_t kHostRatesMax = 4096;

std::string key_of(const Endpoint& endpoint) {
  return endpoint.host + " " + std::to_string(endpoint.port);
}

template <class Map>
auto value_or(const Map& map, const std::string& key, typename Map::mapped_type otherwise) {
  const auto found = map.find(key);
  return found == map.end() ? otherwise : found->second;
}

}  // namespace

std::string plain_host(const std::string& host) {
  constexpr const char* kMapped = "::ffff:";
  return host.rfind(kMapped, 0) == 0 && host.find('.') != std::string::npos ? host.substr(7) : host;
}

void ConnectionAdmission::set(ConnectionLimitTable table) {
  ASSERT(table.windows.count > 0 && table.windows.length_ms > 0);
  const std::lock_guard lock(mutex_);
  table_ = std::move(table);
}

bool ConnectionAdmission::has_room(const Endpoint& listener) const {
  const std::lock_guard lock(mutex_);
  const size_t index = listener_of(listener);
  if (index == kNoListener) return open_ < table_.broker.connections_max;
  const ListenerLimits& own = table_.listeners[index];
  const auto count = listeners_.find(key_of(own.endpoints.front()));
  const int64_t open = count == listeners_.end() ? 0 : count->second.open;
  if (open >= own.limits.connections_max) return false;
  return own.exempt || open_ < table_.broker.connections_max;
}

Admission ConnectionAdmission::admit(const Endpoint& listener, const std::string& host,
                                     int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Admission admission;
  const size_t index = listener_of(listener);
  Count* own = nullptr;
  if (index != kNoListener) {
    const ListenerLimits& limits = table_.listeners[index];
    own = &listeners_[key_of(limits.endpoints.front())];
    admission.accept_after_ms = wait_ms(own->rate, limits.limits.rate_max, now_ms);
  }
  if (own == nullptr || !table_.listeners[index].exempt) {
    const int64_t broker_wait = wait_ms(rate_, table_.broker.rate_max, now_ms);
    admission.accept_after_ms = std::max(admission.accept_after_ms, broker_wait);
  }
  const double host_rate_max = value_or(table_.ip_rates, host, table_.ip_rate_max);
  if (std::isfinite(host_rate_max)) {
    if (host_rates_.size() >= kHostRatesMax) {
      std::erase_if(host_rates_,
                    [&](const auto& one) { return one.second.is_idle(table_.windows, now_ms); });
    }
    SampledRate& rate = host_rates_[host];
    admission.close_after_ms = wait_ms(rate, host_rate_max, now_ms);
    if (admission.close_after_ms > 0) {
      rate.record(table_.windows, -1, now_ms);  // it is not served
      admission.verdict = Admission::Verdict::close_later;
      return admission;
    }
  }
  int64_t& from_host = hosts_[host];
  if (from_host >= value_or(table_.per_ip, host, table_.per_ip_max)) {
    if (from_host == 0) hosts_.erase(host);
    admission.verdict = Admission::Verdict::close;
    return admission;
  }
  ++from_host;
  ++open_;
  if (own != nullptr) ++own->open;
  return admission;
}

void ConnectionAdmission::closed(const Endpoint& listener, const std::string& host) {
  const std::lock_guard lock(mutex_);
  const auto from_host = hosts_.find(host);
  ASSERT(open_ > 0 && from_host != hosts_.end() && from_host->second > 0);
  --open_;
  if (--from_host->second == 0) hosts_.erase(from_host);
  const size_t index = listener_of(listener);
  if (index == kNoListener) return;
  Count& own = listeners_[key_of(table_.listeners[index].endpoints.front())];
  if (own.open > 0) --own.open;  // one from before the listener had limits was not counted
}

size_t ConnectionAdmission::listener_of(const Endpoint& endpoint) const {
  for (size_t i = 0; i < table_.listeners.size(); ++i) {
    const auto& endpoints = table_.listeners[i].endpoints;
    const bool is_own = std::any_of(endpoints.begin(), endpoints.end(), [&](const Endpoint& one) {
      return one.port == endpoint.port && one.host == endpoint.host;
    });
    if (is_own) return i;
  }
  return kNoListener;
}

// At most one window, as in Apache Kafka.
int64_t ConnectionAdmission::wait_ms(SampledRate& rate, double limit, int64_t now_ms) {
  if (!std::isfinite(limit)) return 0;
  rate.record(table_.windows, 1, now_ms);
  return std::min(rate.throttle_ms(table_.windows, limit, now_ms), table_.windows.length_ms);
}

}  // namespace odradek
