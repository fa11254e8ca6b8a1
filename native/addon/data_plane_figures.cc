#include "addon/data_plane_figures.h"

#include "addon/value_reader.h"

namespace odradek {
namespace {

struct Figure {
  const char* name;
  uint64_t value;
};

Napi::Object figures_object(Napi::Env env, std::initializer_list<Figure> figures) {
  auto object = Napi::Object::New(env);
  for (const Figure& figure : figures) {
    object.Set(figure.name, from_int64(env, static_cast<int64_t>(figure.value)));
  }
  return object;
}

Napi::Object latency_object(Napi::Env env, const LatencyCounts& counts) {
  auto buckets = Napi::Array::New(env, counts.buckets.size());
  for (uint32_t i = 0; i < counts.buckets.size(); ++i) {
    buckets.Set(i, from_int64(env, static_cast<int64_t>(counts.buckets[i])));
  }
  Napi::Object object = figures_object(env, {{"sumUs", counts.sum_us}});
  object.Set("buckets", buckets);
  return object;
}

}  // namespace

Napi::Value statistics_object(Napi::Env env, const DataPathStatistics& counted) {
  return figures_object(env, {{"connections", counted.connections},
                              {"connectionsTotal", counted.connections_total},
                              {"requestsProduce", counted.requests_produce},
                              {"requestsFetch", counted.requests_fetch},
                              {"requestsControl", counted.requests_control},
                              {"bytesIn", counted.bytes_in},
                              {"bytesOut", counted.bytes_out},
                              {"framesRefused", counted.frames_refused}});
}

Napi::Value traffic_object(Napi::Env env, const Traffic& counted) {
  return figures_object(env, {{"produces", counted.produces},
                              {"producesFailed", counted.produces_failed},
                              {"recordsIn", counted.records_in},
                              {"bytesIn", counted.bytes_in},
                              {"bytesRejected", counted.bytes_rejected},
                              {"fetches", counted.fetches},
                              {"fetchesFailed", counted.fetches_failed},
                              {"bytesOut", counted.bytes_out}});
}

Napi::Value latencies_object(Napi::Env env, const RequestLatencies& counted) {
  auto object = Napi::Object::New(env);
  object.Set("produce", latency_object(env, counted.produce));
  object.Set("fetch", latency_object(env, counted.fetch));
  return object;
}

}  // namespace odradek
