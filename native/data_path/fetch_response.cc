#include "data_path/fetch_response.h"

#include "base/assert.h"
#include "file/file_system.h"

namespace odradek {
namespace {

constexpr int16_t kLogStartOffsetMin = 5;  // versions from which a field is there
constexpr int16_t kPreferredReplicaMin = 11;
constexpr int32_t kNoReplica = -1;
constexpr uint32_t kDivergingEpochTag = 0;
constexpr uint32_t kEpochEndOffsetBytes = 4 + 8 + 1;

// An answer copies at most this much of small pieces; further ones are sent from their files.
constexpr size_t kCopiedBytesMax = 1U << 20;

void write_head(WireWriter& writer, const FetchResponseHead& head) {
  writer.integer(head.correlation_id);
  writer.no_tags();
  writer.integer(head.throttle_ms);
  if (head.api_version >= kFetchSessionMin) {
    writer.error(head.error);
    writer.integer(head.session_id);
  }
}

void write_partition(WireWriter& writer, const FetchResponseHead& head, const FetchItem& item) {
  writer.integer(item.asked.index.value);
  writer.error(item.error);
  writer.integer(item.read.high_watermark.value);
  writer.integer(item.read.last_stable_offset.value);
  if (head.api_version >= kLogStartOffsetMin) writer.integer(item.read.log_start_offset.value);
  if (head.committed && item.error == ErrorCode::none) {
    writer.array_length(item.read.aborted.size());
    for (const AbortedTransaction& aborted : item.read.aborted) {
      writer.integer(aborted.producer_id.value);
      writer.integer(aborted.first_offset.value);
      writer.no_tags();
    }
  } else {
    writer.null_array();
  }
  if (head.api_version >= kPreferredReplicaMin) writer.integer(kNoReplica);
  writer.bytes_length(item.read.bytes);
}

void write_partition_tags(WireWriter& writer, const FetchItem& item) {
  if (!item.diverging) {
    writer.no_tags();
    return;
  }
  ASSERT(writer.flexible());  // nobody else can send the epoch that diverges
  writer.unsigned_varint(1);
  writer.unsigned_varint(kDivergingEpochTag);
  writer.unsigned_varint(kEpochEndOffsetBytes);
  writer.integer(item.diverging_epoch.value);
  writer.integer(item.diverging_end.value);
  writer.no_tags();
}

// A segment's file while the kernel sends from it.
class SentSegment final : public FileRangeOwner {
 public:
  SentSegment(std::shared_ptr<const File> file, std::shared_ptr<const PartitionLog> log)
      : file_(std::move(file)), log_(std::move(log)) {}

  // sendfile doesn't say which side failed; the file does, when it is read there.
  void send_failed(int64_t position) const override {
    uint8_t byte = 0;
    const auto read = file_->read_at(Position(position), {&byte, 1});
    if (!read) log_->read_failed(read.error());
  }

 private:
  const std::shared_ptr<const File> file_;
  const std::shared_ptr<const PartitionLog> log_;
};

// Reads the item's bytes to the end of the queue.
RecordsOutcome copy_records(FetchItem& item, bool may_wait, SendQueue& queue) {
  const ByteSpan into(queue.bytes().extend(item.read.bytes), item.read.bytes);
  auto taken = item.read.file->read_cached_at(item.read.position, into);
  if (taken && *taken == into.size()) return RecordsOutcome::written;
  if (!may_wait) {
    item.is_cold = true;
    return RecordsOutcome::cold;
  }
  taken = item.read.file->read_at(item.read.position, into);
  if (taken && *taken == into.size()) return RecordsOutcome::written;
  if (!taken) item.entry->log().read_failed(taken.error());
  refuse_fetch_item(&item, ErrorCode::kafka_storage_error);
  return RecordsOutcome::failed;
}

class Response {
 public:
  Response(const FetchResponseHead& head, std::vector<FetchItem>& items, bool may_wait,
           SendQueue& queue)
      : head_(head), items_(items), may_wait_(may_wait), queue_(queue) {}

  RecordsOutcome write() {
    queue_.begin_frame();
    {
      WireWriter writer(queue_.bytes(), head_.flexible());
      write_head(writer, head_);
      writer.array_length(count_topics());
    }
    for (size_t i = 0; i < items_.size();) {
      if (!items_[i].included) {
        ++i;
        continue;
      }
      const RecordsOutcome outcome = write_topic(&i);
      if (outcome == RecordsOutcome::written) continue;
      queue_.abandon_frame();
      return outcome;
    }
    WireWriter(queue_.bytes(), head_.flexible()).no_tags();
    queue_.end_frame();
    return RecordsOutcome::written;
  }

 private:
  // The first item behind `from` that does not belong to its topic's run.
  size_t end_of_run(size_t from) const {
    size_t end = from + 1;
    while (end < items_.size() && (!items_[end].included || items_[end].same_topic(items_[from]))) {
      ++end;
    }
    return end;
  }
  size_t count_topics() const {
    size_t count = 0;
    for (size_t i = 0; i < items_.size();) {
      count += items_[i].included ? 1 : 0;
      i = items_[i].included ? end_of_run(i) : i + 1;
    }
    return count;
  }

  RecordsOutcome write_topic(size_t* at) {
    const size_t end = end_of_run(*at);
    size_t count = 0;
    for (size_t i = *at; i < end; ++i) count += items_[i].included ? 1 : 0;
    {
      WireWriter writer(queue_.bytes(), head_.flexible());
      if (head_.api_version >= kFetchTopicIdMin) {
        writer.uuid(items_[*at].topic_id);
      } else {
        writer.string(items_[*at].topic);
      }
      writer.array_length(count);
    }
    for (; *at < end; ++*at) {
      FetchItem& item = items_[*at];
      if (!item.included) continue;
      const RecordsOutcome outcome = write_item(item);
      if (outcome != RecordsOutcome::written) return outcome;
    }
    WireWriter(queue_.bytes(), head_.flexible()).no_tags();
    return RecordsOutcome::written;
  }

  RecordsOutcome write_item(FetchItem& item) {
    WireWriter numbers(queue_.bytes(), head_.flexible());
    write_partition(numbers, head_, item);
    if (item.read.bytes > 0) {
      ASSERT(item.read.file != nullptr);
      const int descriptor = item.read.file->descriptor();
      const bool from_file = descriptor >= 0 && (item.read.bytes >= kSendFileBytesMin ||
                                                 copied_ + item.read.bytes > kCopiedBytesMax);
      if (from_file) {
        auto owner = std::make_shared<SentSegment>(item.read.file, item.entry->shared_log());
        queue_.add_file({std::move(owner), descriptor, item.read.position.value, item.read.bytes});
      } else {
        const RecordsOutcome outcome = copy_records(item, may_wait_, queue_);
        if (outcome != RecordsOutcome::written) return outcome;
        copied_ += item.read.bytes;
      }
    }
    WireWriter tags(queue_.bytes(), head_.flexible());
    write_partition_tags(tags, item);
    return RecordsOutcome::written;
  }

  const FetchResponseHead& head_;
  std::vector<FetchItem>& items_;
  const bool may_wait_;
  SendQueue& queue_;
  size_t copied_ = 0;
};

}  // namespace

RecordsOutcome write_fetch_response(const FetchResponseHead& head, std::vector<FetchItem>& items,
                                    bool may_wait, SendQueue& queue) {
  return Response(head, items, may_wait, queue).write();
}

}  // namespace odradek
