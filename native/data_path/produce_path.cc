#include "data_path/produce_path.h"

#include <algorithm>

#include "base/assert.h"
#include "batch/batch_view.h"

namespace odradek {
namespace {

constexpr int16_t kAcksAll = -1;

bool is_transactional(ByteView records) {
  const auto batch = BatchView::at(records);
  return batch && batch->is_transactional();
}

// What is wrong with the request as a whole, told for each of its partitions.
ErrorCode request_error(const ProduceRequest& request) {
  if (request.has_transactional_id) return ErrorCode::transactional_id_authorization_failed;
  return ErrorCode::none;
}

}  // namespace

void tell_log_start(const PartitionEntry& entry, ProduceResult* result) {
  switch (result->code) {
    case ErrorCode::corrupt_message:
    case ErrorCode::message_too_large:
    case ErrorCode::record_list_too_large:
    case ErrorCode::kafka_storage_error:
    case ErrorCode::not_leader_or_follower:
    case ErrorCode::unknown_topic_or_partition:
      return;
    default:
      result->log_start_offset = entry.log().log_start_offset();
  }
}

bool ProduceWork::has_error() const {
  return std::any_of(results.begin(), results.end(),
                     [](const ProduceResult& result) { return result.code != ErrorCode::none; });
}

void ProducePath::append(const ProduceRequest& request, ProduceWork* work) {
  work->results.clear();
  work->results.resize(request.partitions.size());
  work->acks.clear();
  work->openings.clear();
  work->backed_up.clear();
  const ErrorCode refused = request_error(request);
  if (refused != ErrorCode::none) {
    for (ProduceResult& result : work->results) result.code = refused;
    return;
  }
  for (const ProduceRequest::Topic& topic : request.topics) {
    for (uint32_t i = 0; i < topic.partition_count; ++i) {
      append_partition(request, topic, topic.first_partition + i, work);
    }
  }
}

void ProducePath::append_partition(const ProduceRequest& request,
                                   const ProduceRequest::Topic& topic, uint32_t partition,
                                   ProduceWork* work) {
  const ProduceRequest::Partition& produced = request.partitions[partition];
  ProduceResult& result = work->results[partition];
  const HostedTopic* hosted =
      request.topics_by_id() ? partitions_.find(topic.id) : partitions_.find(topic.name);
  if (hosted == nullptr) {
    result.code = request.topics_by_id() ? ErrorCode::unknown_topic_id
                                         : ErrorCode::unknown_topic_or_partition;
    return;
  }
  const std::shared_ptr<PartitionEntry>& entry = hosted->find(produced.index);
  if (entry == nullptr) {
    result.code = hosted->error_of(produced.index);
  } else if (request.acks < kAcksAll || request.acks > 1) {
    result.code = ErrorCode::invalid_required_acks;
  } else if (entry->is_internal()) {
    result.code = ErrorCode::invalid_topic_exception;
  } else if (!produced.records) {
    // Apache Kafka fails over null records, and this is how it says so.
    result.code = ErrorCode::unknown_server_error;
  } else if (is_transactional(*produced.records)) {
    result.code = ErrorCode::transactional_id_authorization_failed;
  }
  if (result.code != ErrorCode::none) {
    if (entry != nullptr) count_refused(*entry, result.code, 0);
    return;
  }
  const ValidationRules rules = entry->log().config().validation;
  BatchVerdict verdict =
      validate_produced_batch(*produced.records, rules, clock_.now(), request.header.api_version);
  if (verdict.code != ErrorCode::none) {
    result.code = verdict.code;
    result.message = std::move(verdict.message);
    result.faults = std::move(verdict.faults);
    if (verdict.is_batch) tell_log_start(*entry, &result);
    count_refused(*entry, result.code, produced.records->size());
    return;
  }
  const ByteSpan batch = produced.records->first(verdict.batch_bytes);
  if (verdict.needs_opening) {
    work->openings.push_back({partition, entry, batch, rules});
    return;
  }
  append_opened(request, partition, entry, batch, work);
}

void ProducePath::append_opened(const ProduceRequest& request, uint32_t partition,
                                const std::shared_ptr<PartitionEntry>& entry, ByteSpan batch,
                                ProduceWork* work) {
  ASSERT(partition < work->results.size());
  ProduceResult& result = work->results[partition];
  auto appended = entry->log().append(batch, AppendOrigin::client, &turn_);
  if (!appended) {
    result.code = appended.error().code;
    ASSERT(result.code != ErrorCode::none);
    result.message = appended.error().detail;
    result.faults = appended.error().faults;
    tell_log_start(*entry, &result);
    count_refused(*entry, result.code, batch.size());
    return;
  }
  if (entry->log().is_backed_up()) work->backed_up.push_back(entry);
  const int64_t records = appended->last_offset - appended->base_offset + 1;
  meter_.produced(entry->traffic(), appended->duplicate ? 0 : static_cast<uint64_t>(records),
                  appended->duplicate ? 0 : batch.size());
  result.base_offset = appended->base_offset;
  result.log_append_time = appended->log_append_time;
  result.log_start_offset = appended->log_start_offset;
  if (request.acks == kAcksAll) {
    work->acks.push_back({partition, entry, appended->required_high_watermark});
  }
}

void ProducePath::count_refused(const PartitionEntry& entry, ErrorCode code, size_t batch_bytes) {
  const bool too_large = code == ErrorCode::message_too_large;
  meter_.produce_refused(entry.traffic(), too_large ? batch_bytes : 0);
}

}  // namespace odradek
