#include "crash_workloads.h"

#include "base/assert.h"
#include "log/segment_format.h"

namespace odradek {
namespace {

const TopicPartition kOrders{"orders", PartitionIndex(0)};
const TopicPartition kOrders1{"orders", PartitionIndex(1)};
const TopicPartition kUsers{"users", PartitionIndex(0)};
const char* const kSwapFolder = "/data/orders-1";  // of kOrders1
const Uuid kOrdersId = make_uuid(101);
const Uuid kUsersId = make_uuid(131);

// Records that make most batches lie in two sectors.
constexpr size_t kLarge = 220;

// About five batches of one record a segment.
LogConfig small_segments(int64_t flush_messages = 1) {
  LogConfig config;
  config.segment_bytes = 700;
  config.index_interval_bytes = 200;
  config.flush_messages = flush_messages;
  return config;
}

void append_many(Witness& w, const TopicPartition& id, int batches) {
  for (int i = 0; i < batches; ++i) w.append(id);
}

// One batch, durable in the journal if the variant leaves no flush out.
void append_and_run(Witness& w, const TopicPartition& id) {
  w.append(id);
  w.run_once();
}

// Two partitions, the first with batches that are durable in the journal alone.
void begin(Witness& w) {
  w.start();
  w.create(kOrders, kOrdersId, small_segments());
  w.create(kUsers, kUsersId, small_segments());
  w.run_once();
  append_many(w, kOrders, 3);
  append_and_run(w, kUsers);
}

void first_start(Witness& w) {
  w.start();
  w.create(kOrders, kOrdersId, small_segments());
  append_and_run(w, kOrders);
  w.create(kOrders1, kOrdersId, small_segments());
  w.append(kOrders1, 3);
  append_and_run(w, kOrders);
  w.close();
}

void append_and_roll(Witness& w) {
  w.create(kOrders1, kOrdersId, small_segments(3));
  for (int round = 0; round < 4; ++round) {
    append_many(w, kOrders, 2);
    w.append(kUsers, 2);
    append_many(w, kOrders1, 2);
    w.run_once();
  }
  w.flush(kOrders1);
  w.checkpoint();
  append_many(w, kOrders, 2);
  w.run_once();
}

void page_cache(Witness& w) {
  w.create(kOrders1, kOrdersId, small_segments(INT64_MAX));
  append_many(w, kOrders1, 7);
  w.run_once();
  w.checkpoint();
  append_many(w, kOrders1, 4);
  append_and_run(w, kOrders);
  w.advance(60001);
  w.run_once();
  append_many(w, kOrders1, 3);
  w.checkpoint();
}

// Checkpoints by bytes, which sync nothing, between those that do.
void page_cache_by_bytes(Witness& w) {
  LogConfig config = small_segments(INT64_MAX);
  config.segment_bytes = 2500;
  w.create(kOrders1, kOrdersId, config);
  for (int round = 0; round < 5; ++round) {
    append_many(w, kOrders1, 4);
    w.append(kOrders1, 1, kLarge);
    w.run_once();
  }
  w.kill();
  w.start();
  for (int round = 0; round < 3; ++round) {
    append_many(w, kOrders1, 5);
    w.append(kOrders);
    w.run_once();
  }
  w.truncate(kOrders1, Offset(30));
  append_many(w, kOrders1, 9);
  w.run_once();
}

// More commits than the journal has room for, twice over.
void wrap_journal(Witness& w) {
  for (int round = 0; round < 16; ++round) {
    w.append(kOrders, 2);
    append_and_run(w, kUsers);
  }
}

void wrap_and_restart(Witness& w) {
  w.power_cut(CrashKind::lost, 0);
  w.start();
  for (int round = 0; round < 5; ++round) {
    w.append(kUsers);
    w.append(kOrders, 2);
    w.run_once();
  }
  w.kill();
  w.start();
  w.append(kOrders, 2);
  append_and_run(w, kUsers);
}

// Batches of one size over torn ones, life after life.
void same_size_again(Witness& w) {
  for (uint64_t life = 0; life < 4; ++life) {
    w.append(kOrders, 1, kLarge);
    w.run_once();
    for (int i = 0; i < 3; ++i) w.append(kOrders, 1, kLarge);
    w.append(kUsers);
    w.power_cut(CrashKind::reordered, 5 + life);
    w.start();
    w.append(kOrders, 1, kLarge);
    append_and_run(w, kUsers);
  }
}

void truncate(Witness& w) {
  append_many(w, kOrders, 5);
  w.run_once();
  w.truncate(kOrders, Offset(7));  // within the active segment
  append_many(w, kOrders, 1);
  w.run_once();
  append_and_run(w, kUsers);
  w.truncate(kOrders, Offset(2));  // takes a segment along
  append_many(w, kOrders, 2);
  append_and_run(w, kUsers);
  append_many(w, kOrders, 4);
  w.truncate(kOrders, Offset(6));  // what was never durable
  append_and_run(w, kOrders);
}

void delete_prefix(Witness& w) {
  append_many(w, kOrders, 9);
  w.run_once();
  w.delete_below(kOrders, Offset(3));  // within the first segment
  append_and_run(w, kUsers);
  w.delete_below(kOrders, Offset(11));  // the first segment goes
  append_many(w, kOrders, 2);
  append_and_run(w, kUsers);
  w.advance(60001);
  w.run_once();
  w.delete_below(kOrders, Offset(14));  // all there is
  append_and_run(w, kOrders);
  w.delete_below(kUsers, Offset(2));
  w.truncate(kUsers, Offset(2));
  append_and_run(w, kUsers);
}

// As retention does it where all is due: the active segment is sealed, and every segment goes.
void retain_nothing(Witness& w) {
  for (int round = 0; round < 3; ++round) {
    append_many(w, kOrders, 4);
    w.run_once();
    const Offset due = w.ledger().present(kOrders).end();
    if (round == 1) w.append(kOrders);  // between the look and the roll
    w.roll(kOrders);
    w.delete_below(kOrders, due);
    append_and_run(w, kUsers);
    w.roll(kUsers);
    if (round == 1) w.checkpoint();
    w.delete_below(kUsers, Offset(2));
    if (round != 2) continue;
    w.kill();
    w.start();
  }
  append_many(w, kOrders, 2);
  w.run_once();
  w.roll(kOrders);
  w.truncate(kOrders, Offset(17));  // the sealed segment is active again
  w.advance(60001);
  append_and_run(w, kOrders);
}

void delete_and_recreate(Witness& w) {
  append_and_run(w, kUsers);
  w.delete_topic(kOrders);
  append_and_run(w, kUsers);
  w.create(kOrders, make_uuid(161), small_segments());
  append_many(w, kOrders, 2);
  w.run_once();
  w.delete_topic(kOrders);
  w.create(kOrders, make_uuid(161), small_segments());  // nothing but a fence tells them apart
  append_and_run(w, kOrders);
  w.advance(60001);
  w.run_once();
  append_many(w, kOrders, 6);
  w.run_once();
}

LogConfig compacted() {
  LogConfig config = small_segments();
  config.validation.compacted = true;
  return config;
}

std::vector<Offset> segments_in(const MemoryFileSystem& disk, const std::string& folder) {
  std::vector<Offset> bases;
  const auto entries = disk.list(folder);
  if (!entries.ok()) return bases;
  for (const DirectoryEntry& entry : *entries) {
    const auto name = parse_segment_file_name(entry.name);
    const bool live = name && name->state == SegmentFileState::live;
    if (live && name->kind == SegmentFileKind::log) bases.push_back(name->base_offset);
  }
  return bases;
}

// A log whose first segment was deleted, which is what voids the journal's entries of the second.
void begin_swap(Witness& w) {
  begin(w);
  w.create(kOrders1, kOrdersId, compacted());
  // One to be deleted, one to be replaced, the active one.
  const auto segments = [&] { return segments_in(w.disk(), kSwapFolder).size(); };
  for (int i = 0; i < 12 || (segments() < 3 && !w.stopped()); ++i) {
    w.append(kOrders1);
    if (i % 3 == 2) w.run_once();
  }
}

// As Apache Kafka's cleaner replaces a segment: `.cleaned`, `.swap`, the old one away, the new
// name.
void swap_segment(Witness& w) {
  const std::string folder = kSwapFolder;
  const std::vector<Offset> bases = segments_in(w.disk(), folder);
  if (w.stopped() || bases.size() < 3) return;
  w.flush(kOrders1);  // what is replaced is synced; the journal holds it all the same
  w.delete_below(kOrders1, bases[1]);
  // Where the first segment was not finished it stays, and nothing was fenced. Nor may the recovery
  // point lie within what is replaced: a cleaner of ours has to see to both.
  for (int round = 0; round < 3; ++round) {
    const std::vector<Offset> left = segments_in(w.disk(), folder);
    if (!left.empty() && left.front() == bases[1] && w.recovery_point(kOrders1) >= bases[2]) break;
    w.run_once();
    w.checkpoint();
  }
  w.append(kOrders1);
  append_and_run(w, kOrders);
  if (w.stopped()) return;
  LogPromise after = w.ledger().present(kOrders1);
  std::vector<uint8_t> cleaned;
  std::erase_if(after.batches, [&](const auto& batch) {
    if (batch->base < bases[1] || batch->base >= bases[2]) return false;
    const bool stays = batch->base == bases[1] + 1 || batch->end == bases[2];
    if (stays) cleaned.insert(cleaned.end(), batch->bytes.begin(), batch->bytes.end());
    return !stays;
  });
  w.rewrite(kOrders1, after, [&](FileSystem& fs) -> FileResult<void> {
    const std::string path = segment_file_path(folder, bases[1], SegmentFileKind::log);
    {
      auto file = fs.open(path + ".cleaned", OpenMode::create);
      if (!file.ok()) return Err(file.error());
      RETURN_IF_ERROR((*file)->write_at(Position(0), cleaned));
      RETURN_IF_ERROR((*file)->sync_data());
    }
    RETURN_IF_ERROR(fs.sync_directory(folder));
    RETURN_IF_ERROR(fs.rename(path + ".cleaned", path + ".swap"));
    RETURN_IF_ERROR(fs.sync_directory(folder));
    RETURN_IF_ERROR(fs.rename(path, path + ".deleted"));
    for (const auto kind : {SegmentFileKind::offset_index, SegmentFileKind::time_index}) {
      const std::string index = segment_file_path(folder, bases[1], kind);
      const FileResult<void> gone = fs.rename(index, index + ".deleted");
      if (!gone.ok() && gone.error().kind != FileErrorKind::not_found) return gone;
    }
    RETURN_IF_ERROR(fs.sync_directory(folder));
    RETURN_IF_ERROR(fs.rename(path + ".swap", path));
    return fs.sync_directory(folder);
  });
  w.kill();
  w.start();
  append_and_run(w, kOrders1);
}

// Until the recovery point is where compaction may go, the journal full of what it may not bring
// back.
void settle(Witness& w, const TopicPartition& id, Offset recovery_point) {
  w.flush(id);
  // At least once: what is known of a point is not yet on the disk.
  for (int round = 0; round < 4 && (round == 0 || w.recovery_point(id) < recovery_point); ++round) {
    w.run_once();
    w.checkpoint();
  }
}

// Our own compaction, of what was compacted before too; once the last batches of the range go.
void compact_segments(Witness& w) {
  for (int round = 0; round < 2; ++round) {
    const std::vector<Offset> bases = segments_in(w.disk(), kSwapFolder);
    if (w.stopped() || bases.size() < 3) return;
    settle(w, kOrders1, bases[2]);
    append_many(w, kOrders1, 2);
    if (round == 0) w.run_once();
    int seen = 0;
    w.compact(kOrders1, bases[0], bases[2], [&](const StoredBatch& batch) {
      return seen++ % 3 == 1 || (round == 0 && batch.end == bases[2]);
    });
    append_and_run(w, kOrders1);
    append_many(w, kOrders1, 8);
    append_and_run(w, kOrders);
  }
  w.kill();
  w.start();
  const std::vector<Offset> bases = segments_in(w.disk(), kSwapFolder);
  if (w.stopped() || bases.size() < 2) return;
  w.truncate(kOrders1, bases[1] + 1);  // one batch stays behind what was cleaned
  append_and_run(w, kOrders1);
}

// Everything that a recovery may find at once.
void begin_recovery(Witness& w) {
  begin(w);
  append_and_roll(w);
  w.truncate(kOrders, Offset(8));
  w.delete_below(kUsers, Offset(4));
  append_many(w, kOrders, 4);
  append_and_run(w, kUsers);
  append_many(w, kOrders, 2);
  w.append(kOrders1);
  w.power_cut(CrashKind::reordered, 3);
}

void recover(Witness& w) {
  w.start();
  w.retry_last_batches();
}

void clean_stop(Witness& w) {
  append_many(w, kOrders, 4);
  w.append(kUsers);
  w.close();
  w.start();
  append_many(w, kOrders, 2);
  w.run_once();
  w.append(kUsers);
  w.close();
  w.start();
  w.close();
}

void retry_duplicates(Witness& w) {
  for (uint64_t life = 0; life < 3; ++life) {
    append_many(w, kOrders, 2);
    w.append(kUsers, 2);
    if (life == 1) w.run_once();
    w.power_cut(CrashKind::kept, 0);
    w.start();
    w.retry_last_batches();
    w.power_cut(CrashKind::lost, 0);
    w.start();
    w.retry_last_batches();
  }
}

// A log that takes so much that it is given write windows; what made it busy is truncated away.
void begin_windows(Witness& w) {
  begin(w);
  LogConfig config;
  config.segment_bytes = 2 << 20;
  w.create(kOrders1, kOrdersId, config);
  for (int i = 0; i < 75; ++i) w.append(kOrders1, 1, 15000);
  w.advance(1000);
  w.append(kOrders1, 1, 10);
  w.run_once();
  w.truncate(kOrders1, Offset(0));
  w.append(kOrders1, 1, 10);
  w.checkpoint();
  w.run_once();
}

void store_in_windows(Witness& w) {
  for (int round = 0; round < 3; ++round) {
    w.append(kOrders1, 1, 700);
    w.append(kOrders1, 1, 40);
    append_and_run(w, kOrders);
  }
  w.append(kOrders1, 1, 700);
  w.truncate(kOrders1, Offset(5));
  w.append(kOrders1, 1, 700);
  w.append(kOrders1, 1, 700);
  w.run_once();
}

// Folders that are made by a first append: flushed alone, together, by a checkpoint, after a kill
// and a clean stop, and by partitions that come, go and come again before they are written.
void first_appends(Witness& w) {
  const Uuid id = make_uuid(201);
  std::vector<TopicPartition> partitions;
  for (int32_t i = 0; i < 6; ++i) {
    partitions.push_back({kLazyTopic, PartitionIndex(i)});
    w.create(partitions.back(), id, small_segments(i % 3 == 2 ? INT64_MAX : 1));
  }
  w.append(partitions[0]);
  w.append(kOrders);
  w.run_once();
  append_many(w, partitions[1], 2);
  w.append(partitions[2]);
  w.kill();
  w.start();
  append_many(w, partitions[1], 2);
  w.append(partitions[3], 1, kLarge);
  append_and_run(w, partitions[0]);
  w.delete_topic(partitions[3]);
  w.delete_topic(partitions[4]);
  w.create(partitions[4], make_uuid(221), small_segments());
  append_many(w, partitions[4], 7);
  w.checkpoint();
  append_and_run(w, partitions[2]);
  w.close();
  w.start();
  append_many(w, partitions[5], 2);
  w.checkpoint();
  append_and_run(w, partitions[4]);
}

void nothing(Witness&) {}

}  // namespace

const std::vector<CrashWorkload>& crash_workloads() {
  static const std::vector<CrashWorkload> all = {
      {"a first start", nothing, first_start},
      {"appends and rolls", begin, append_and_roll},
      {"page cache", begin, page_cache},
      {"page cache by bytes",
       [](Witness& w) {
         w.checkpoint_each(900);
         begin(w);
       },
       page_cache_by_bytes},
      {"journal wrap", begin, wrap_journal},
      {"journal wrap and restart",
       [](Witness& w) {
         begin(w);
         wrap_journal(w);
       },
       wrap_and_restart},
      {"batches of one size", begin, same_size_again},
      {"truncation", begin, truncate},
      {"prefix deletion", begin, delete_prefix},
      {"retention", begin, retain_nothing},
      {"deletion and recreation", begin, delete_and_recreate},
      {"first appends", begin, first_appends},
      {"swap", begin_swap, swap_segment},
      {"compaction", begin_swap, compact_segments},
      {"recovery", begin_recovery, recover},
      {"clean stop", begin, clean_stop},
      {"duplicates", begin, retry_duplicates},
      {"write windows", begin_windows, store_in_windows},
  };
  return all;
}

const CrashWorkload& crash_workload(const std::string& name) {
  for (const CrashWorkload& workload : crash_workloads()) {
    if (name == workload.name) return workload;
  }
  UNREACHABLE("no such workload");
}

}  // namespace odradek
