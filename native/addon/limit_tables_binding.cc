#include "addon/limit_tables_binding.h"

#include <array>

namespace odradek {
namespace {

// More windows than this would be remembered for each client for nothing.
constexpr int64_t kWindowsMax = 10000;

// A number above 0; Infinity is "no limit".
double rate_field(ValueReader& read, const Napi::Object& object, const char* name) {
  const Napi::Value value = read.field(object, name);
  if (read.failed()) return 1;
  const double rate = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : 0;
  if (rate > 0) return rate;
  read.refuse(name, "a number above 0");
  return 1;
}

std::string text_field(ValueReader& read, const Napi::Object& object, const char* name) {
  return read.text(read.field(object, name), name);
}

// Calls on_entry(object) for each object of a list.
template <class OnEntry>
void for_each_entry(ValueReader& read, const Napi::Object& object, const char* name,
                    OnEntry on_entry) {
  const Napi::Value value = read.field(object, name);
  if (read.failed()) return;
  if (!value.IsArray()) return read.refuse(name, "a list");
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length() && !read.failed(); ++i) {
    const Napi::Object entry = read.object(list.Get(i), name);
    if (!read.failed()) on_entry(entry);
  }
}

RateWindows to_windows(ValueReader& read, const Napi::Object& object) {
  RateWindows windows;
  windows.count = static_cast<size_t>(read.int64_field(object, "windows", 1, kWindowsMax));
  windows.length_ms = read.int64_field(object, "windowMs", 1, kDelayMsMax);
  return windows;
}

QuotaRule to_rule(ValueReader& read, const Napi::Object& rules, const char* name) {
  QuotaRule rule;
  const Napi::Object given = read.object(read.field(rules, name), name);
  if (read.failed()) return rule;
  rule.limit = rate_field(read, given, "limit");
  rule.shared = read.boolean_field(given, "shared");
  return rule;
}

QuotaRules to_rules(ValueReader& read, const Napi::Object& object, const char* name) {
  const Napi::Object given = read.object(read.field(object, name), name);
  if (read.failed()) return {};
  return {to_rule(read, given, "produce"), to_rule(read, given, "fetch"),
          to_rule(read, given, "request")};
}

AcceptLimits to_accept_limits(ValueReader& read, const Napi::Object& object) {
  AcceptLimits limits;
  limits.connections_max = read.int64_field(object, "maxConnections", 0);
  limits.rate_max = rate_field(read, object, "maxRate");
  return limits;
}

}  // namespace

std::string to_client_id(ValueReader& read, const Napi::Value& value) {
  if (read.failed()) return {};
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  read.refuse("the client id", "a string");
  return {};
}

QuotaTable to_quota_table(ValueReader& read, const Napi::Value& value) {
  QuotaTable table;
  const Napi::Object given = read.object(value, "the quotas");
  if (read.failed()) return table;
  table.windows = to_windows(read, given);
  table.others = to_rules(read, given, "others");
  for_each_entry(read, given, "clients", [&](const Napi::Object& client) {
    const std::string client_id = to_client_id(read, read.field(client, "clientId"));
    table.clients[client_id] = to_rules(read, client, "rules");
  });
  return table;
}

ConnectionLimitTable to_connection_limits(ValueReader& read, const Napi::Value& value) {
  ConnectionLimitTable table;
  const Napi::Object given = read.object(value, "the limits");
  if (read.failed()) return table;
  table.windows = to_windows(read, given);
  table.broker = to_accept_limits(read, given);
  for_each_entry(read, given, "listeners", [&](const Napi::Object& listener) {
    ListenerLimits limits;
    limits.limits = to_accept_limits(read, listener);
    limits.exempt = read.boolean_field(listener, "exempt");
    for_each_entry(read, listener, "endpoints", [&](const Napi::Object& endpoint) {
      const int32_t port = read.int32_field(endpoint, "port", 0, 65535);
      limits.endpoints.push_back({text_field(read, endpoint, "host"), static_cast<uint16_t>(port)});
    });
    if (!limits.endpoints.empty()) table.listeners.push_back(std::move(limits));
  });
  table.per_ip_max = read.int64_field(given, "maxPerIp", 0);
  for_each_entry(read, given, "perIp", [&](const Napi::Object& host) {
    table.per_ip[text_field(read, host, "host")] = read.int64_field(host, "max", 0);
  });
  table.ip_rate_max = rate_field(read, given, "maxRatePerIp");
  for_each_entry(read, given, "ratePerIp", [&](const Napi::Object& host) {
    table.ip_rates[text_field(read, host, "host")] = rate_field(read, host, "rate");
  });
  return table;
}

}  // namespace odradek
